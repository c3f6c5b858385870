import { Component, onMounted, onWillStart, useEffect, useRef, useState } from "@odoo/owl";
import { ColorList } from "@web/core/colorlist/colorlist";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { useDropdownState } from "@web/core/dropdown/dropdown_hooks";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { CheckBox } from "@web/core/checkbox/checkbox";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useAutofocus, useBus, useService } from "@web/core/utils/hooks";
import { useSortable } from "@web/core/utils/sortable_owl";
import { FormViewDialog } from "@web/views/view_dialogs/form_view_dialog";
import { formatInteger } from "@web/views/fields/formatters";
import { SegmentMenu } from "./segment_menu";
import { SegmentSearch } from "./segment_search";

/** Between two tabs, in pixels. */
const GAP = 4;
/** What the dropdown More takes, in pixels: its label may be the name of a segment. */
const MORE_WIDTH = 150;

/**
 * The saved segments as tabs above the prospects: each is a facet of the search, with its
 * colour and how many it has. Dragged to another place, in the order of the person.
 */
export class SegmentBar extends Component {
    static template = "prospect.SegmentBar";
    static components = { CheckBox, ColorList, Dropdown, DropdownItem, SegmentMenu };
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.service = useService("prospect_segments");
        this.data = useState(this.service.state);
        // fit: how many tabs have room, null while it is measured; turn: of measuring
        this.state = useState({ fit: null, turn: 0, renamed: null, name: "", isShared: false });
        this.search = new SegmentSearch(this.env.searchModel);
        this.rootRef = useRef("root");
        this.tabsRef = useRef("tabs");
        this.saveMenu = useDropdownState();
        useAutofocus({ refName: "rename", selectAll: true });
        useAutofocus({ refName: "saveName", mobile: true });
        useBus(this.env.searchModel, "update", () => this.render());
        onWillStart(() => {
            // what fails is told by Odoo, and the page is there all the same
            const loaded = this.load().catch((error) => void Promise.reject(error));
            return this.data.segments ? undefined : loaded;
        });
        onMounted(() => this.loadCounts());
        this.setupSortable();
        this.setupFit();
    }

    setupSortable() {
        useSortable({
            ref: this.tabsRef,
            enable: () => !this.state.renamed,
            elements: ".o_prospect_segment",
            ignore: ".o_prospect_segment_menu, input",
            cursor: "grabbing",
            placeholderClasses: ["opacity-50"],
            onDrop: ({ element, previous, next }) => {
                const id = Number(element.dataset.id);
                const before = previous ? Number(previous.dataset.id) : null;
                const after = next ? Number(next.dataset.id) : null;
                this.move(id, before, after);
            },
        });
    }

    /** Tabs that have no room are in the dropdown More; a phone scrolls instead. */
    setupFit() {
        useEffect(
            (el) => {
                if (!el || this.env.isSmall) {
                    return;
                }
                let width = el.clientWidth;
                const observer = new ResizeObserver(() => {
                    if (el.clientWidth !== width) {
                        width = el.clientWidth;
                        this.measureAgain();
                    }
                });
                observer.observe(el);
                return () => observer.disconnect();
            },
            () => [this.rootRef.el]
        );
        useEffect(
            () => this.measure(),
            () => [this.state.turn]
        );
    }

    /** Show all tabs for a moment, to see how many have room. */
    measureAgain() {
        this.state.fit = null;
        this.state.turn++;
    }

    /** How many tabs have room beside the buttons; called while all are shown. */
    measure() {
        const root = this.rootRef.el;
        if (!root || this.env.isSmall || this.state.fit !== null) {
            return;
        }
        const width = (el) => el.getBoundingClientRect().width + GAP;
        const tabs = [...root.querySelectorAll(".o_prospect_segment")].map(width);
        const save = width(root.querySelector(".o_prospect_segment_save"));
        const room = root.clientWidth - save;
        const total = tabs.reduce((sum, one) => sum + one, 0);
        let fit = tabs.length;
        if (total > room) {
            let used = MORE_WIDTH;
            fit = tabs.findIndex((one) => (used += one) > room);
        }
        this.state.fit = Math.max(fit, 1);
    }

    // --- What is shown --------------------------------------------------------------

    get tabs() {
        return (this.data.segments || []).filter((segment) => !segment.is_hidden);
    }

    get hidden() {
        return (this.data.segments || []).filter((segment) => segment.is_hidden);
    }

    get shown() {
        const { fit } = this.state;
        return this.env.isSmall || fit === null ? this.tabs : this.tabs.slice(0, fit);
    }

    get more() {
        return this.tabs.slice(this.shown.length);
    }

    get activeIds() {
        return this.search.activeIds;
    }

    /** The one tab that the key Tab comes to: the active one, else the first. */
    get reachedId() {
        const active = this.shown.find((one) => this.activeIds.includes(one.id));
        return (active || this.shown[0])?.id;
    }

    get currentDomain() {
        return this.search.getCurrentDomain(this.data.pageDomain);
    }

    get moreLabel() {
        const active = this.more.find((one) => this.activeIds.includes(one.id));
        return active ? active.name : _t("More");
    }

    getShowLabel(segment) {
        return _t("Show %s", segment.name);
    }

    getCount(segment) {
        const count = this.data.counts[segment.id]?.count;
        return typeof count === "number" ? formatInteger(count) : "";
    }

    getTooltip(segment) {
        const { count, counted_at: countedAt, error } = this.data.counts[segment.id] || {};
        if (error) {
            return error;
        }
        if (typeof count !== "number" || !countedAt) {
            return _t("Not counted yet");
        }
        const when = deserializeDateTime(countedAt).toRelative();
        return _t("%(count)s prospects · %(when)s", { count: formatInteger(count), when });
    }

    // --- Search -----------------------------------------------------------------------

    /** One whose filter is broken finds nothing but an error: say which. */
    onClick(segment, ev) {
        const { error } = this.data.counts[segment.id] || {};
        if (error && !this.activeIds.includes(segment.id)) {
            this.notification.add(error, { type: "warning" });
            return;
        }
        this.search.toggle(segment, ev.ctrlKey || ev.metaKey);
    }

    /** Arrows go from tab to tab, as ARIA has it; down opens the menu of one. */
    onKeydown(ev) {
        const tabs = [...this.tabsRef.el.querySelectorAll("[role=tab]")];
        const index = tabs.indexOf(ev.target);
        if (index < 0) {
            return;
        }
        const ahead = document.documentElement.dir === "rtl" ? -1 : 1;
        const places = {
            ArrowRight: index + ahead,
            ArrowLeft: index - ahead,
            Home: 0,
            End: tabs.length - 1,
        };
        if (ev.key in places) {
            ev.preventDefault();
            tabs[(places[ev.key] + tabs.length) % tabs.length].focus();
        } else if (ev.key === "ArrowDown") {
            ev.preventDefault();
            const tab = ev.target.closest(".o_prospect_segment");
            tab.querySelector(".o_prospect_segment_menu").click();
        }
    }

    // --- Changes ----------------------------------------------------------------------

    async load() {
        await this.service.load();
        this.measureAgain();
    }

    /** Numbers take room, too. */
    async loadCounts() {
        if (!this.data.segments) {
            return;
        }
        await this.service.loadCounts();
        this.measureAgain();
    }

    /** Read the bar again after a change, and search again if it was the active one. */
    async reload(segmentId) {
        await this.load();
        const segment = this.data.segments.find((one) => one.id === segmentId);
        if (segment) {
            this.search.refresh(segment);
        } else if (segmentId) {
            this.search.remove([segmentId]);
        }
        await this.loadCounts();
    }

    async save() {
        const name = this.state.name.trim();
        const domain = this.currentDomain;
        if (!name || !domain || this.isSaving) {
            return;
        }
        const values = { name, domain, is_shared: this.state.isShared };
        // once, also by a double click
        this.isSaving = true;
        const [id] = await this.orm
            .create("prospect.segment", [values])
            .finally(() => (this.isSaving = false));
        this.saveMenu.close();
        Object.assign(this.state, { name: "", isShared: false });
        await this.load();
        const segment = this.data.segments.find((one) => one.id === id);
        if (segment) {
            this.search.show(segment);
        }
        await this.loadCounts();
    }

    onSaveKeydown(ev) {
        if (ev.key === "Enter") {
            ev.preventDefault();
            this.save();
        }
    }

    /** Put a tab between two others; null for none there. */
    async move(id, beforeId, afterId) {
        const segments = this.data.segments.filter((one) => one.id !== id);
        const moved = this.data.segments.find((one) => one.id === id);
        let index = segments.length;
        if (beforeId) {
            index = segments.findIndex((one) => one.id === beforeId) + 1;
        } else if (afterId) {
            index = segments.findIndex((one) => one.id === afterId);
        }
        segments.splice(index, 0, moved);
        this.data.segments = segments;
        this.measureAgain();
        const ids = segments.map((one) => one.id);
        await this.orm.call("prospect.segment", "set_order", [ids]);
    }

    /** Put a tab one place further: 1, or back: -1. */
    async step(segment, way) {
        const other = this.getNeighbour(segment, way);
        if (other) {
            await this.move(segment.id, way > 0 && other.id, way < 0 && other.id);
        }
    }

    getNeighbour(segment, way) {
        const index = this.tabs.findIndex((one) => one.id === segment.id);
        return this.tabs[index + way];
    }

    startRename(segment) {
        this.state.renamed = segment.id;
    }

    async rename(segment, ev) {
        if (this.state.renamed !== segment.id) {
            return;
        }
        this.state.renamed = null;
        const name = ev.target.value.trim();
        if (name && name !== segment.name) {
            await this.write(segment, { name });
        }
    }

    onRenameKeydown(segment, ev) {
        if (ev.key === "Enter") {
            this.rename(segment, ev);
        } else if (ev.key === "Escape") {
            ev.stopPropagation();
            this.state.renamed = null;
        }
    }

    async write(segment, values) {
        await this.orm.write("prospect.segment", [segment.id], values);
        await this.reload(segment.id);
    }

    edit(segment) {
        this.dialog.add(FormViewDialog, {
            resModel: "prospect.segment",
            resId: segment.id,
            title: _t("Edit the segment"),
            onRecordSaved: () => this.reload(segment.id),
        });
    }

    async setHidden(segment, isHidden) {
        await this.orm.call("prospect.segment", "set_hidden", [[segment.id], isHidden]);
        if (isHidden) {
            this.search.remove([segment.id]);
            this.notification.add(
                _t("%s is hidden from your bar. It is under More, at its end.", segment.name),
                { type: "info" }
            );
        }
        await this.reload();
    }

    async copy(segment) {
        const [id] = await this.orm.call("prospect.segment", "copy", [[segment.id]]);
        await this.reload();
        this.startRename({ id });
    }

    async archive(segment) {
        await this.orm.write("prospect.segment", [segment.id], { active: false });
        await this.reload(segment.id);
        this.notification.add(_t("%s is archived.", segment.name), { type: "info" });
    }

    async run(segment, method) {
        const action = await this.orm.call("prospect.segment", method, [[segment.id]]);
        if (action) {
            await this.action.doAction(action, { onClose: () => this.reload(segment.id) });
        }
    }

    manage() {
        this.action.doAction("prospect.prospect_segment_action");
    }
}
