import { beforeEach, expect, test } from "@odoo/hoot";
import { press, queryAllTexts, queryFirst } from "@odoo/hoot-dom";
import { advanceTime, animationFrame, Deferred, mockDate } from "@odoo/hoot-mock";
import {
    contains,
    fields,
    mockService,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { defineProspectModels, ProspectSegment } from "@prospect/../tests/prospect_test_helpers";

class CrmLead extends models.Model {
    _name = "crm.lead";
    name = fields.Char();
    city = fields.Char();
    status_id = fields.Many2one({ relation: "prospect.status" });
    _records = [
        { id: 1, name: "Anne Le Goff", city: "Lyon", status_id: 1 },
        { id: 2, name: "Luc Petit", city: "Paris", status_id: 1 },
        { id: 3, name: "Zoé Roy", city: "Lyon", status_id: 2 },
    ];
}

class ProspectStatus extends models.Model {
    _name = "prospect.status";
    name = fields.Char();
    kind = fields.Char();
    _records = [
        { id: 1, name: "New", kind: "new" },
        { id: 2, name: "Converted", kind: "converted" },
    ];
}

class Segments extends ProspectSegment {
    domain = fields.Char();
    is_shared = fields.Boolean();
    exclude_converted = fields.Boolean();
    active = fields.Boolean({ default: true });
    color = fields.Integer();

    get_bar() {
        return { segments: bar.map((one) => ({ ...one })), page_domain: [] };
    }

    get_counts(ids) {
        expect.step(`count ${ids.join()}`);
        return Object.fromEntries(
            ids.map((id) => [
                id,
                id === 3
                    ? { count: null, error: "The filter cannot be used." }
                    : { count: 1200 + id, counted_at: "2026-01-31 11:55:00" },
            ])
        );
    }
}

defineProspectModels({ CrmLead, ProspectStatus, ProspectSegment: Segments });

let bar;

function segment(id, name, domain, values = {}) {
    const action = { method: "action_open", label: "Open", icon: "fa-external-link" };
    return {
        id,
        name,
        domain,
        color: id,
        exclude_converted: false,
        is_shared: true,
        is_mine: false,
        is_preset: false,
        is_hidden: false,
        can_edit: true,
        actions: [action],
        ...values,
    };
}

beforeEach(() => {
    mockDate("2026-01-31 12:00:00");
    bar = [
        segment(1, "Lyon", "[('city', '=', 'Lyon')]"),
        segment(2, "Paris", "[('city', '=', 'Paris')]", { can_edit: false }),
        segment(3, "Broken", "[('city', '=', 'Nantes')]", { is_shared: false }),
        segment(4, "Away", "[]", { is_hidden: true }),
    ];
});

async function mountProspects(values = {}) {
    await mountView({
        type: "list",
        resModel: "crm.lead",
        arch: `<list js_class="prospect_list"><field name="name"/><field name="status_id"/></list>`,
        searchViewArch: `
            <search>
                <field name="name"/>
                <filter name="new" string="Only new" domain="[('status_id', '=', 1)]"/>
            </search>`,
        ...values,
    });
    await animationFrame();
    expect.verifySteps(["count 1,2,3"]);
}

const tab = (name) => `.o_prospect_segment:contains(${name}) [role=tab]`;
const names = () => queryAllTexts(".o_prospect_segment_name");
const rows = () => queryAllTexts(".o_data_row [name=name]");

test.tags("desktop");
test("a tab is a facet that stacks with the search, and is taken away again", async () => {
    await mountProspects({ context: { search_default_new: 1 } });
    expect(names()).toEqual(["Lyon", "Paris", "Broken"]);
    expect(rows()).toEqual(["Anne Le Goff", "Luc Petit"]);
    await contains(tab("Lyon")).click();
    expect(queryAllTexts(".o_searchview_facet")).toEqual(["Only new", "Lyon"]);
    expect(rows()).toEqual(["Anne Le Goff"]);
    expect(tab("Lyon")).toHaveAttribute("aria-selected", "true");
    await contains(tab("Paris")).click();
    expect(rows()).toEqual(["Luc Petit"]);
    expect(tab("Lyon")).toHaveAttribute("aria-selected", "false");
    await contains(tab("Paris")).click();
    expect(queryAllTexts(".o_searchview_facet")).toEqual(["Only new"]);
    await contains(tab("Lyon")).click();
    await contains(".o_searchview_facet:contains(Lyon) .o_facet_remove").click();
    expect(tab("Lyon")).toHaveAttribute("aria-selected", "false");
});

test.tags("desktop");
test("with Control, two segments at once", async () => {
    bar[1].domain = "[('status_id', '=', 1)]";
    await mountProspects();
    await contains(tab("Lyon")).click();
    await contains(tab("Paris")).click({ ctrlKey: true });
    expect(rows()).toEqual(["Anne Le Goff"]);
    expect(".o_prospect_segment.active").toHaveCount(2);
});

test.tags("desktop");
test("counts come later, with their age; a broken segment says why", async () => {
    await mountProspects();
    expect(`${tab("Lyon")} .o_prospect_segment_count`).toHaveText("1,201");
    expect(tab("Lyon")).toHaveAttribute("data-tooltip", "1,201 prospects · 5 minutes ago");
    expect(`${tab("Broken")} .o_prospect_segment_count`).toHaveText("");
    expect(tab("Broken")).toHaveAttribute("data-tooltip", "The filter cannot be used.");
    expect(`${tab("Broken")} .fa-lock`).toHaveCount(1);
});

test.tags("desktop");
test("a click on a broken segment says why, and leaves the search alone", async () => {
    mockService("notification", { add: (text) => expect.step(text) });
    await mountProspects();
    await contains(tab("Broken")).click();
    expect(".o_searchview_facet").toHaveCount(0);
    expect(rows()).toHaveLength(3);
    expect.verifySteps(["The filter cannot be used."]);
});

test.tags("desktop");
test("the keyboard goes through the tabs", async () => {
    await mountProspects();
    expect("[role=tablist] [role=tab][tabindex='0']").toHaveCount(1);
    await contains(tab("Lyon")).focus();
    await press("ArrowRight");
    expect(tab("Paris")).toBeFocused();
    await press("End");
    expect(tab("Broken")).toBeFocused();
    await press("ArrowRight");
    expect(tab("Lyon")).toBeFocused();
    await press("ArrowDown");
    await animationFrame();
    expect(".o_prospect_segment_dropdown").toHaveCount(1);
});

test.tags("desktop");
test("save what is searched", async () => {
    onRpc("prospect.segment", "web_save", () => {
        throw new Error("not by the form");
    });
    onRpc("prospect.segment", "create", ({ args }) => {
        expect.step(args[0][0]);
        bar.push(segment(5, "Fresh", args[0][0].domain));
        return [5];
    });
    await mountProspects({ context: { search_default_new: 1 } });
    await contains(".o_prospect_segment_save").click();
    await contains(".o_prospect_segment_save_menu input[type=text]").edit("Fresh", {
        confirm: false,
    });
    await contains(".o_prospect_segment_save_menu input[type=checkbox]").click();
    await contains(".o_prospect_segment_save_apply").click();
    await animationFrame();
    expect.verifySteps([
        { name: "Fresh", domain: `[("status_id", "=", 1)]`, is_shared: true },
        "count 1,2,3,5",
    ]);
    expect(queryAllTexts(".o_searchview_facet")).toEqual(["Fresh"], {
        message: "the search is the segment now",
    });
    expect(tab("Fresh")).toHaveAttribute("aria-selected", "true");
});

test.tags("desktop");
test("a double click saves once", async () => {
    const saving = new Deferred();
    onRpc("prospect.segment", "create", () => {
        expect.step("create");
        return saving;
    });
    await mountProspects({ context: { search_default_new: 1 } });
    await contains(".o_prospect_segment_save").click();
    await contains(".o_prospect_segment_save_menu input[type=text]").edit("Fresh", {
        confirm: false,
    });
    await contains(".o_prospect_segment_save_apply").click();
    await contains(".o_prospect_segment_save_apply").click();
    saving.resolve([5]);
    await animationFrame();
    expect.verifySteps(["create", "count 1,2,3"]);
});

test.tags("desktop");
test("nothing to save without a search", async () => {
    await mountProspects();
    await contains(".o_prospect_segment_save").click();
    expect(".o_prospect_segment_save_menu").toHaveText(/Search or filter first/);
});

test.tags("desktop");
test("the page of a list saves what it shows", async () => {
    onRpc("prospect.segment", "create", ({ args }) => {
        expect.step(args[0][0].domain);
        return [5];
    });
    await mountProspects({ domain: [["city", "=", "Lyon"]] });
    await contains(".o_prospect_segment_save").click();
    await contains(".o_prospect_segment_save_menu input[type=text]").edit("Fresh");
    await animationFrame();
    expect.verifySteps([`[("city", "=", "Lyon")]`, "count 1,2,3"]);
});

test.tags("desktop");
test("dragging and the menu put tabs in the order of the person", async () => {
    onRpc("prospect.segment", "set_order", ({ args }) => {
        expect.step(`order ${args[0].join()}`);
        return true;
    });
    await mountProspects();
    await contains(".o_prospect_segment:contains(Broken)").dragAndDrop(
        ".o_prospect_segment:contains(Lyon)"
    );
    await animationFrame();
    expect(names()).toEqual(["Broken", "Lyon", "Paris"]);
    await contains(".o_prospect_segment:contains(Paris) .o_prospect_segment_menu").click();
    expect(".o_prospect_segment_further").toHaveCount(0);
    await contains(".o_prospect_segment_back").click();
    expect(names()).toEqual(["Broken", "Paris", "Lyon"]);
    expect.verifySteps(["order 3,1,2,4", "order 3,2,1,4"]);
});

test.tags("desktop");
test("a tab that is held for a while is dragged by the bar alone", async () => {
    onRpc("prospect.segment", "set_order", ({ args }) => {
        expect.step(`order ${args[0].join()}`);
        return true;
    });
    // Odoo's control panel sorts its embedded actions after a fifth of a second
    onRpc("res.users.settings", "set_embedded_actions_setting", () => {
        expect.step("embedded actions");
        return {};
    });
    await mountProspects();
    const held = contains(".o_prospect_segment:contains(Broken)");
    const { drop, moveTo } = await held.drag({ initialPointerMoveDistance: 0 });
    await advanceTime(500);
    await moveTo(".o_prospect_segment:contains(Paris)");
    await moveTo(".o_prospect_segment:contains(Lyon)");
    await drop();
    await animationFrame();
    expect(names()).toEqual(["Broken", "Lyon", "Paris"]);
    expect.verifySteps(["order 3,1,2,4"]);
});

test.tags("desktop");
test("who may not edit a segment can copy and hide it", async () => {
    onRpc("prospect.segment", "set_hidden", ({ args }) => {
        expect.step(args);
        bar[1].is_hidden = args[1];
        return true;
    });
    await mountProspects();
    await contains(".o_prospect_segment:contains(Paris) .o_prospect_segment_menu").click();
    expect(".o_prospect_segment_edit").toHaveCount(0);
    expect(".o_prospect_segment_archive").toHaveCount(0);
    expect(".o_prospect_segment_copy").toHaveCount(1);
    await contains(".o_prospect_segment_hide").click();
    await animationFrame();
    expect(names()).toEqual(["Lyon", "Broken"]);
    await contains(".o_prospect_segments_more_toggle").click();
    expect(queryAllTexts(".o_prospect_segment_hidden")).toEqual(["Show Paris", "Show Away"]);
    await contains(".o_prospect_segment_hidden:first").click();
    await animationFrame();
    expect(names()).toEqual(["Lyon", "Paris", "Broken"]);
    expect.verifySteps([[[2], true], "count 1,3", [[2], false], "count 1,2,3"]);
});

test.tags("desktop");
test("changing the active segment searches again", async () => {
    onRpc("prospect.segment", "write", ({ args }) => {
        expect.step(args);
        Object.assign(bar[0], args[1]);
        return true;
    });
    await mountProspects();
    await contains(tab("Lyon")).click();
    expect(rows()).toEqual(["Anne Le Goff", "Zoé Roy"]);
    const menu = ".o_prospect_segment:contains(Lyon) .o_prospect_segment_menu";
    await contains(menu).click();
    await contains(".o_prospect_segment_rename_item").click();
    await contains(".o_prospect_segment_rename").edit("Grand Lyon");
    await animationFrame();
    expect(queryAllTexts(".o_searchview_facet")).toEqual(["Grand Lyon"]);
    await contains(menu).click();
    await contains(".o_prospect_segment_colors [data-color='9']").click();
    await animationFrame();
    expect(".o_prospect_segment:contains(Grand Lyon) .o_prospect_segment_dot_9").toHaveCount(1);
    expect.verifySteps([
        [[1], { name: "Grand Lyon" }],
        "count 1,2,3",
        [[1], { color: 9 }],
        "count 1,2,3",
    ]);
});

test.tags("desktop");
test("what a bridge offers is called on the segment", async () => {
    bar[0].actions.push({ method: "action_mailing", label: "Mailing", icon: "fa-envelope" });
    onRpc("prospect.segment", "action_mailing", ({ args }) => {
        expect.step(args);
        return { type: "ir.actions.client", tag: "mailing" };
    });
    mockService("action", { doAction: (action) => expect.step(action.tag) });
    await mountProspects();
    await contains(".o_prospect_segment:contains(Lyon) .o_prospect_segment_menu").click();
    await contains(".o-dropdown-item:contains(Mailing)").click();
    expect.verifySteps([[[1]], "mailing"]);
});

test.tags("desktop");
test("tabs without room are under More", async () => {
    bar = Array.from({ length: 30 }, (_one, number) =>
        segment(number + 1, `Segment ${number + 1}`, "[('city', '=', 'Lyon')]")
    );
    await mountView({
        type: "list",
        resModel: "crm.lead",
        arch: `<list js_class="prospect_list"><field name="name"/></list>`,
    });
    await animationFrame();
    expect.verifySteps([`count ${bar.map(({ id }) => id).join()}`]);
    // the counts take room: all is measured again
    await animationFrame();
    await animationFrame();
    const shown = names().length;
    expect(shown).toBeGreaterThan(1);
    expect(shown).toBeLessThan(30);
    expect(".o_prospect_segments_more_toggle").toHaveText(`More(${30 - shown})`);
    await contains(".o_prospect_segments_more_toggle").click();
    await contains(".o_prospect_segments_more .o-dropdown-item:contains(Segment 30)").click();
    expect(queryAllTexts(".o_searchview_facet")).toEqual(["Segment 30"]);
    expect(".o_prospect_segments_more_toggle").toHaveText(`Segment 30(${30 - shown})`);
});

test.tags("desktop");
test("the kanban has the same bar", async () => {
    const kanban = {
        type: "kanban",
        resModel: "crm.lead",
        arch: `
            <kanban js_class="prospect_kanban">
                <templates><t t-name="card"><field name="name"/></t></templates>
            </kanban>`,
    };
    await mountView(kanban);
    await animationFrame();
    expect.verifySteps(["count 1,2,3"]);
    await contains(tab("Lyon")).click();
    expect(queryAllTexts(".o_kanban_record:not(.o_kanban_ghost)")).toEqual([
        "Anne Le Goff",
        "Zoé Roy",
    ]);
});

test.tags("desktop");
test("no bar on the page of one segment", async () => {
    await mountView({
        type: "list",
        resModel: "crm.lead",
        arch: `<list js_class="prospect_list"><field name="name"/></list>`,
        context: { prospect_segment_page: 1 },
    });
    expect(".o_prospect_segments").toHaveCount(0);
});

test.tags("mobile");
test("on a phone, all tabs are in one line that scrolls", async () => {
    bar = Array.from({ length: 12 }, (_one, number) =>
        segment(number + 1, `Segment ${number + 1}`, "[('city', '=', 'Lyon')]")
    );
    await mountView({
        type: "kanban",
        resModel: "crm.lead",
        arch: `
            <kanban js_class="prospect_kanban">
                <templates><t t-name="card"><field name="name"/></t></templates>
            </kanban>`,
    });
    await animationFrame();
    expect(names()).toHaveLength(12);
    const { scrollWidth, clientWidth } = queryFirst(".o_prospect_segments_tabs");
    expect.verifySteps([`count ${bar.map(({ id }) => id).join()}`]);
    expect(scrollWidth).toBeGreaterThan(clientWidth);
    await contains(tab("Segment 2")).click();
    expect(".o_kanban_record:not(.o_kanban_ghost)").toHaveCount(2);
});
