import { Component, onWillDestroy, onWillStart, useState } from "@odoo/owl";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { browser } from "@web/core/browser/browser";
import { deserializeDateTime, toLocaleDateTimeString } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const PAIRS = "prospect.duplicate.pair";
const SCANS = "prospect.duplicate.scan";
const STEP = 40;
const DELAY = 2000;

/**
 * Records that look like one person: groups side by side, best first, with the reasons, and
 * what somebody decides about them.
 */
export class Duplicates extends Component {
    static template = "prospect.Duplicates";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.orm = useService("orm");
        // those of one prospect, from its form
        const leadId = this.props.action.context?.prospect_lead_id || false;
        this.state = useState({ page: null, mode: "open", limit: STEP, busy: false, leadId });
        onWillStart(() => this.load());
        onWillDestroy(() => browser.clearTimeout(this.timer));
    }

    async load() {
        browser.clearTimeout(this.timer);
        this.state.page = await this.orm.call(PAIRS, "get_page", [
            this.state.mode,
            this.state.limit,
            this.state.leadId,
        ]);
        if (this.isScanning) {
            this.timer = browser.setTimeout(() => this.load(), DELAY);
        }
    }

    get isScanning() {
        return ["queued", "running"].includes(this.state.page.scan.state);
    }

    get left() {
        return this.state.page.total - this.state.page.shown;
    }

    get moreLabel() {
        return _t("Show more (%(count)s left)", { count: this.left });
    }

    get scanText() {
        const { scan } = this.state.page;
        if (scan.state === "none") {
            return _t("No search has been run yet.");
        }
        if (scan.state === "failed") {
            return _t("The last search has failed: %(error)s", scan);
        }
        if (this.isScanning) {
            return _t("Searching: %(done_count)s of %(todo_count)s records", scan);
        }
        const date = toLocaleDateTimeString(
            deserializeDateTime(scan.finished_at || scan.started_at)
        );
        return scan.state === "cancelled"
            ? _t("The last search was stopped on %(date)s.", { date })
            : _t("Last search on %(date)s: %(count)s records, new pairs: %(found)s.", {
                  date,
                  count: scan.done_count,
                  found: scan.found_count,
              });
    }

    get totalText() {
        const { total } = this.state.page;
        if (this.state.mode !== "open") {
            return _t("%(total)s decided", { total });
        }
        return total === 1 ? _t("1 pair to decide") : _t("%(total)s pairs to decide", { total });
    }

    get leadText() {
        return _t("Only: %(name)s", { name: this.state.page.lead });
    }

    getScoreClass(score) {
        if (score >= this.state.page.automatic) {
            return "text-bg-success";
        }
        return score >= 70 ? "text-bg-warning" : "text-bg-secondary";
    }

    getScoreLabel(score) {
        if (score >= this.state.page.automatic) {
            return _t("%(score)s – certainly the same", { score });
        }
        return score >= 70
            ? _t("%(score)s – likely", { score })
            : _t("%(score)s – possible", { score });
    }

    getPoints(points) {
        return points < 0 ? `−${-points}` : `+${points}`;
    }

    canMerge(group) {
        return this.state.mode === "open" && this.state.page.may_merge && group.lead_ids.length > 1;
    }

    async run(work) {
        if (this.state.busy) {
            return;
        }
        this.state.busy = true;
        try {
            return await work();
        } finally {
            await this.load();
            this.state.busy = false;
        }
    }

    onScan(isFull) {
        return this.run(async () => {
            await this.orm.call(SCANS, "start_scan", [isFull]);
        });
    }

    onScanAll() {
        this.dialog.add(ConfirmationDialog, {
            title: _t("Compare everybody again?"),
            body: _t("All prospects and contacts are compared with each other, in the background."),
            confirmLabel: _t("Compare all"),
            confirm: () => this.onScan(true),
            cancel: () => {},
        });
    }

    onMergeSure() {
        return this.run(async () => {
            await this.action.doAction(await this.orm.call(PAIRS, "merge_sure", []));
        });
    }

    onStop() {
        return this.run(() => this.orm.call(SCANS, "cancel_scan", []));
    }

    async onMode(mode) {
        Object.assign(this.state, { mode, limit: STEP });
        await this.load();
    }

    async onShowAll() {
        Object.assign(this.state, { leadId: false, limit: STEP });
        await this.load();
    }

    async onMore() {
        this.state.limit += STEP;
        await this.load();
    }

    /** Prospects have a form of their own. */
    async onOpen(record) {
        const action = await this.orm.call(record.model, "get_formview_action", [[record.id]]);
        return this.action.doAction(action);
    }

    onMerge(group) {
        return this.run(async () => {
            const action = await this.orm.call(PAIRS, "open_merge", [group.lead_ids]);
            await this.action.doAction(action, { onClose: () => this.load() });
        });
    }

    onDecide(pairs, method) {
        const ids = pairs.map((pair) => pair.id);
        return this.run(async () => {
            await this.orm.call(PAIRS, method, [ids]);
            if (method === "set_not_duplicates") {
                const close = this.notification.add(
                    _t("Remembered for everybody, until one of them changes."),
                    {
                        type: "success",
                        buttons: [
                            {
                                name: _t("Undo"),
                                onClick: () => {
                                    close();
                                    return this.onDecide(pairs, "reopen");
                                },
                            },
                        ],
                    }
                );
            }
        });
    }
}

registry.category("actions").add("prospect_duplicates", Duplicates);
