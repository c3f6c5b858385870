import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    fields,
    mockService,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { mailModels } from "@mail/../tests/mail_test_helpers";

class CrmLead extends models.Model {
    _name = "crm.lead";
    name = fields.Char();
    status_id = fields.Many2one({ relation: "prospect.status" });
    _records = [
        { id: 1, name: "Anne Le Goff", status_id: 1 },
        { id: 2, name: "Luc Petit", status_id: 3 },
    ];
}

class ProspectStatus extends models.Model {
    _name = "prospect.status";
    name = fields.Char();
    kind = fields.Char();
    _records = [
        { id: 1, name: "New", kind: "new" },
        { id: 2, name: "In progress", kind: "open" },
        { id: 3, name: "Junk", kind: "junk" },
        { id: 4, name: "Spam", kind: "junk" },
    ];
}

defineModels({ ...mailModels, CrmLead, ProspectStatus });

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

test("dragging to junk asks for the reason before anything is saved", async () => {
    ProspectStatus._records = ProspectStatus._records.filter(({ id }) => id !== 4);
    const closers = await mountProspects();
    const { drop, moveTo } = await contains(`${column("New")} .o_kanban_record`).drag();
    await moveTo(column("Junk"));
    await drop();
    await animationFrame();
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
    // Nothing moved: Escape in the dialog leaves the card where it was.
    expect(queryAllTexts(`${column("New")} .o_kanban_record`)).toEqual(["Anne Le Goff"]);
    await closers[0]();
    await animationFrame();
    expect(queryAllTexts(`${column("New")} .o_kanban_record`)).toEqual(["Anne Le Goff"]);
    expect.verifySteps([]);
});

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
