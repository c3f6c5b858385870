import { expect, test } from "@odoo/hoot";
import { contains, fields, mockService, models, onRpc } from "@web/../tests/web_test_helpers";
import { defineProspectModels, mountForm } from "@prospect/../tests/prospect_test_helpers";

class Lead extends models.Model {
    _name = "crm.lead";

    name = fields.Char();
    care = fields.Json();

    _records = [
        {
            id: 1,
            name: "Ana",
            care: {
                owner: { id: 2, name: "Camille", since: "today", why: "Rotation." },
                todo: [
                    {
                        id: 5,
                        summary: "Welcome call",
                        icon: "fa-phone",
                        due: "2030-01-07",
                        state: "overdue",
                        who: "Mehdi",
                    },
                ],
                told: [
                    {
                        id: 9,
                        who: "Hélène",
                        ways: "E-mail",
                        kind: "created",
                        state: "failed",
                        label: "Failed",
                        others: 3,
                        when: "today",
                        error: "No server",
                    },
                ],
                sent: [],
            },
        },
        {
            id: 2,
            care: { owner: { id: false, name: "" }, todo: [], told: [], sent: [] },
        },
    ];
}

defineProspectModels({ Lead });

const ARCH = `<field name="name"/><field name="care" widget="prospect_care"/>`;

test("who has the prospect, what is to be done, who was told and what was sent", async () => {
    await mountForm("crm.lead", ARCH);
    expect(".o_prospect_care_owner strong").toHaveText("Camille");
    expect(".o_prospect_care_owner").toHaveText(/Rotation\./);
    expect(".o_prospect_care_todo button").toHaveText(/Welcome call/);
    expect(".o_prospect_care_todo button").toHaveText(/Mehdi/);
    expect(".o_prospect_care_told").toHaveText(/Hélène/);
    expect(".o_prospect_care_told").toHaveText(/with 3 others/);
    expect(".o_prospect_care_told [title='No server'] .text-danger").toHaveCount(1);
    expect(".o_prospect_care_sent").toHaveText(/Nothing yet/);
});

test("a task opens over the page, which is saved before", async () => {
    onRpc("mail.activity", "action_prospect_open", ({ args }) => {
        expect.step(["open", args[0]]);
        return { type: "ir.actions.act_window" };
    });
    mockService("action", {
        doAction(action) {
            expect.step(action.type);
        },
    });
    await mountForm("crm.lead", ARCH);
    await contains("[name=name] input").edit("Ana B.");
    await contains(".o_prospect_care_todo button").click();
    expect.verifySteps([{ name: "Ana B." }, ["open", [5]], "ir.actions.act_window"]);
});
