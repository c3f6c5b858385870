import { expect, test } from "@odoo/hoot";
import { queryAllTexts, queryAll } from "@odoo/hoot-dom";
import { contains, fields, models, mountView } from "@web/../tests/web_test_helpers";
import { defineProspectModels } from "@prospect/../tests/prospect_test_helpers";

class CrmLead extends models.Model {
    _name = "crm.lead";
    name = fields.Char();
    _records = [
        { id: 7, name: "Zoé Roy" },
        { id: 8, name: "Zoe Roi" },
    ];
}

class ProspectMerge extends models.Model {
    _name = "prospect.merge";
    survivor_id = fields.Many2one({ relation: "crm.lead" });
    picks = fields.Json();
    table = fields.Json();
    _records = [
        {
            id: 1,
            survivor_id: 7,
            picks: { email_from: 7, phone: 8, description: "all" },
            table: {
                leads: [
                    { id: 7, name: "Zoé Roy", created: "2026-03-01", status: "New", owner: "Ana" },
                    { id: 8, name: "Zoe Roi", created: "2026-04-01", status: "", owner: "" },
                ],
                rows: [
                    {
                        name: "email_from",
                        label: "Email",
                        differs: true,
                        all: false,
                        texts: ["zoe@a.example", "zoe@b.example"],
                    },
                    {
                        name: "phone",
                        label: "Phone",
                        differs: false,
                        all: false,
                        texts: ["", "+33 1"],
                    },
                    {
                        name: "description",
                        label: "Notes",
                        differs: true,
                        all: true,
                        texts: ["One", "Two"],
                    },
                ],
            },
        },
    ];
}

defineProspectModels({ CrmLead, ProspectMerge });

async function openDialog() {
    await mountView({
        type: "form",
        resModel: "prospect.merge",
        resId: 1,
        arch: `
            <form>
                <field name="survivor_id" invisible="1"/>
                <field name="table" invisible="1"/>
                <field name="picks" widget="prospect_merge_table"/>
            </form>`,
    });
}

const row = (name) => `tr[data-row=${name}]`;

test("prospects side by side, what stays marked", async () => {
    await openDialog();
    expect(queryAllTexts("thead th label > span > span")).toEqual(["Zoé Roy", "Zoe Roi"]);
    expect("thead th.o_kept").toHaveText(/Zoé Roy/);
    expect(queryAllTexts("td.o_kept")).toEqual(["zoe@a.example", "+33 1", "One", "Two"]);
    expect(`${row("phone")} input`).toHaveCount(0);
    expect(`${row("phone")} td:first`).toHaveText("–");
    expect(`${row("description")} input[value=all]`).toBeChecked();
});

test("a click on a value keeps it", async () => {
    await openDialog();
    await contains(`${row("email_from")} td[data-lead="8"] input`).click();
    expect(`${row("email_from")} td.o_kept`).toHaveText("zoe@b.example");
    await contains(`${row("description")} td[data-lead="7"] input`).click();
    expect(queryAll(`${row("description")} td.o_kept`)).toHaveLength(1);
    await contains(`${row("description")} input[value=all]`).click();
    expect(queryAll(`${row("description")} td.o_kept`)).toHaveLength(2);
});

test("a click on the head of a column keeps that prospect", async () => {
    await openDialog();
    await contains("thead th:eq(2) input").click();
    expect("thead th.o_kept").toHaveText(/Zoe Roi/);
});
