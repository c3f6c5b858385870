import { after, expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import {
    contains,
    fields,
    mockService,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { defineProspectModels } from "@prospect/../tests/prospect_test_helpers";
import { EDGE, HOLD } from "@prospect/prospect_kanban/column_turner";

class CrmLead extends models.Model {
    _name = "crm.lead";
    name = fields.Char();
    status_id = fields.Many2one({ relation: "prospect.status" });
    _records = [
        { id: 1, name: "Anne Le Goff", status_id: 1 },
        { id: 2, name: "Luc Petit", status_id: 3 },
        { id: 3, name: "Zoé Roy", status_id: 2 },
    ];
}

/** Whether administrators allow to convert without a target. */
let isBare = false;

class ProspectStatus extends models.Model {
    _name = "prospect.status";
    name = fields.Char();
    kind = fields.Char();
    _records = [
        { id: 1, name: "New", kind: "new" },
        { id: 2, name: "In progress", kind: "open" },
        { id: 3, name: "Junk", kind: "junk" },
        { id: 4, name: "Spam", kind: "junk" },
        { id: 5, name: "Converted", kind: "converted" },
    ];
    get_asking() {
        const ids = (kind) => this.filter((one) => one.kind === kind).map(({ id }) => id);
        return { junk: ids("junk"), converted: isBare ? [] : ids("converted") };
    }
}

defineProspectModels({ CrmLead, ProspectStatus });

const KANBAN = {
    type: "kanban",
    resModel: "crm.lead",
    groupBy: ["status_id"],
    arch: `
        <kanban js_class="prospect_kanban">
            <templates>
                <t t-name="card"><field name="name"/></t>
            </templates>
        </kanban>`,
};

function column(title) {
    return `.o_kanban_group:contains(${title})`;
}

async function mountProspects() {
    const closers = [];
    mockService("action", {
        doAction(action, options) {
            expect.step(action);
            expect.step(JSON.stringify(options.additionalContext));
            closers.push(options.onClose);
        },
    });
    onRpc("prospect.status", "web_search_read", () => expect.step("unexpected"));
    onRpc("crm.lead", "web_save", ({ args }) => {
        expect.step(`save ${JSON.stringify(args)}`);
    });
    onRpc("crm.lead", "web_resequence", () => []);
    await mountView(KANBAN);
    return closers;
}

/** The dialog of the reason was opened for the first card, and nothing else was done. */
function expectReasonAsked() {
    expect.verifySteps([
        "prospect.crm_lead_lost_action_junk",
        JSON.stringify({
            active_id: 1,
            active_ids: [1],
            active_model: "crm.lead",
            default_junk_status_id: 3,
            default_lead_ids: [1],
        }),
    ]);
    expect(queryAllTexts(`${column("New")} .o_kanban_record`)).toEqual(["Anne Le Goff"]);
}

test.tags("desktop");
test("dragging to junk asks for the reason before anything is saved", async () => {
    ProspectStatus._records = ProspectStatus._records.filter(({ id }) => id !== 4);
    const closers = await mountProspects();
    const { drop, moveTo } = await contains(`${column("New")} .o_kanban_record`).drag();
    await moveTo(column("Junk"));
    await drop();
    await animationFrame();
    // Nothing moved: Escape in the dialog leaves the card where it was.
    expectReasonAsked();
    await closers[0]();
    await animationFrame();
    expect(queryAllTexts(`${column("New")} .o_kanban_record`)).toEqual(["Anne Le Goff"]);
    expect.verifySteps([]);
});

test.tags("desktop");
test("dragging to converted asks what it is converted to", async () => {
    CrmLead._records.push({ id: 4, name: "Léo Roux", status_id: 5 });
    const closers = await mountProspects();
    await contains(`${column("New")} .o_kanban_record`).dragAndDrop(column("Converted"));
    await animationFrame();
    expect.verifySteps([
        "prospect.prospect_convert_action",
        JSON.stringify({
            active_id: 1,
            active_ids: [1],
            active_model: "crm.lead",
            default_lead_ids: [1],
        }),
    ]);
    // Escape in the dialog leaves the card where it was
    await closers[0]();
    await animationFrame();
    expect(queryAllTexts(`${column("New")} .o_kanban_record`)).toEqual(["Anne Le Goff"]);
    expect.verifySteps([]);
});

test.tags("desktop");
test("dragging to converted is saved where no target is needed", async () => {
    isBare = true;
    after(() => (isBare = false));
    CrmLead._records.push({ id: 4, name: "Léo Roux", status_id: 5 });
    await mountProspects();
    await contains(`${column("New")} .o_kanban_record`).dragAndDrop(column("Converted"));
    await animationFrame();
    expect.verifySteps(['save [[1],{"status_id":5}]']);
});

test.tags("desktop");
test("dragging out of junk is saved at once", async () => {
    await mountProspects();
    await contains(`${column("Junk")} .o_kanban_record`).dragAndDrop(column("New"));
    await animationFrame();
    expect.verifySteps(['save [[2],{"status_id":1}]']);
    expect(queryAllTexts(`${column("New")} .o_kanban_record`).sort()).toEqual([
        "Anne Le Goff",
        "Luc Petit",
    ]);
});

test.tags("desktop");
test("dragging within a column offers nothing", async () => {
    await mountProspects();
    await contains(`${column("New")} .o_kanban_record`).dragAndDrop(column("New"));
    await animationFrame();
    expect(".o_prospect_undo_toast").toHaveCount(0);
});

test.tags("desktop");
test("columns are sorted as the person has chosen", async () => {
    onRpc("crm.lead", "web_read_group", ({ kwargs }) => {
        expect.step(JSON.stringify(kwargs.context.prospect_sorts));
    });
    onRpc("res.users.settings", "set_res_users_settings", ({ kwargs }) => {
        expect.step(JSON.stringify(kwargs.new_settings));
        return kwargs.new_settings;
    });
    await mountProspects();
    expect.verifySteps(["{}"]);
    await contains(`${column("New")} .o_group_config button`, { visible: false }).click();
    expect(".o_prospect_sort_stars .fa-check").toHaveCount(1);
    await contains(".o_prospect_sort_contact").click();
    await animationFrame();
    expect.verifySteps(['{"prospect_sorts":{"1":"contact"}}', '{"1":"contact"}']);
});

/** Hold a card and move it to the right of the screen, there to wait for some columns. */
async function holdAtSide(card, columns) {
    const helpers = await contains(card).drag();
    const x = window.innerWidth - EDGE / 2;
    await helpers.moveTo(".o_kanban_renderer", { position: { x, y: 200 } });
    await advanceTime(HOLD * columns + HOLD / 2);
    return helpers;
}

test.tags("mobile");
test("on a phone, a card at the side of the screen turns the columns", async () => {
    await mountProspects();
    const { drop } = await holdAtSide(`${column("New")} .o_kanban_record`, 1);
    expect(`${column("In progress")}.o_kanban_hover`).toHaveCount(1);
    await drop();
    await animationFrame();
    expect.verifySteps(['save [[1],{"status_id":2}]']);
    expect(queryAllTexts(`${column("In progress")} .o_kanban_record`).sort()).toEqual([
        "Anne Le Goff",
        "Zoé Roy",
    ]);
});

test.tags("mobile");
test("on a phone, a card back on the column in the middle goes there", async () => {
    await mountProspects();
    const { drop, moveTo } = await holdAtSide(`${column("New")} .o_kanban_record`, 1);
    await moveTo(column("In progress"), { position: { x: window.innerWidth / 2, y: 200 } });
    // Time is of no account there: nothing turns.
    await advanceTime(HOLD * 5);
    await drop();
    await animationFrame();
    expect.verifySteps(['save [[1],{"status_id":2}]']);
});

test.tags("mobile");
test("on a phone, a card at the other side turns them back", async () => {
    await mountProspects();
    const { drop, moveTo } = await holdAtSide(`${column("New")} .o_kanban_record`, 9);
    await moveTo(".o_kanban_renderer", { position: { x: EDGE / 2, y: 200 } });
    await advanceTime(HOLD * 1.5);
    expect(`${column("In progress")}.o_kanban_hover`).toHaveCount(1);
    await drop();
    await animationFrame();
    expect.verifySteps(['save [[1],{"status_id":2}]']);
});

test.tags("mobile");
test("on a phone, a card let go at the side before a column came stays", async () => {
    await mountProspects();
    const { drop } = await holdAtSide(`${column("New")} .o_kanban_record`, 0);
    await drop();
    await advanceTime(HOLD * 5);
    expect.verifySteps([]);
    expect(queryAllTexts(`${column("New")} .o_kanban_record`)).toEqual(["Anne Le Goff"]);
    expect(".o_kanban_hover").toHaveCount(0);
});

test.tags("mobile");
test("on a phone, a cancelled drag leaves no mark and turns no more", async () => {
    await mountProspects();
    const { cancel } = await holdAtSide(`${column("New")} .o_kanban_record`, 1);
    await cancel();
    expect(".o_kanban_hover").toHaveCount(0);
    await advanceTime(HOLD * 5);
    expect(".o_kanban_hover").toHaveCount(0);
    expect.verifySteps([]);
});

test.tags("mobile");
test("on a phone, dragging to junk asks for the reason too", async () => {
    await mountProspects();
    const { drop } = await holdAtSide(`${column("New")} .o_kanban_record`, 9);
    expect(`${column("Junk")}.o_kanban_hover`).toHaveCount(1, {
        message: "the last column is the end",
    });
    await drop();
    await animationFrame();
    expectReasonAsked();
});

test.tags("mobile");
test("on a phone, a long press selects and a drag from there does not", async () => {
    await mountProspects();
    const card = `${column("New")} .o_kanban_record`;
    const { moveTo, drop } = await contains(card).drag({ initialPointerMoveDistance: 0 });
    await advanceTime(HOLD);
    expect(".o_record_selected").toHaveCount(1);
    await moveTo(card, { position: { x: 40, y: 40 }, relative: true });
    await moveTo(card, { position: { x: 60, y: 60 }, relative: true });
    expect(".o_dragged").toHaveCount(1);
    expect(".o_record_selected").toHaveCount(0);
    await drop();
});
