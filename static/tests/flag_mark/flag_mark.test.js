import { expect, test } from "@odoo/hoot";
import { queryFirst } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { contains, fields, models, onRpc } from "@web/../tests/web_test_helpers";
import { defineProspectModels, mountForm } from "@prospect/../tests/prospect_test_helpers";

class Lead extends models.Model {
    _name = "crm.lead";

    name = fields.Char();
    flags = fields.Json();

    _records = [
        {
            id: 1,
            name: "Ana",
            flags: [
                { code: "role", text: "A role address." },
                { code: "phone", text: "A phone of many." },
            ],
        },
    ];
}

defineProspectModels({ Lead });

test("a mark says all reasons", async () => {
    await mountForm("crm.lead", `<field name="flags" widget="prospect_flag_mark"/>`);
    const mark = queryFirst(".o_prospect_flag");
    expect(mark).toHaveAttribute("aria-label", "A role address. A phone of many.");
    expect(JSON.parse(mark.dataset.tooltipInfo).reasons.map(({ code }) => code)).toEqual([
        "role",
        "phone",
    ]);
});

test("nothing stands where nothing is doubtful", async () => {
    onRpc("crm.lead", "web_read", async ({ parent }) => {
        const records = await parent();
        return records.map((record) => ({ ...record, flags: [] }));
    });
    await mountForm("crm.lead", `<field name="flags" widget="prospect_flag_mark"/>`);
    expect(".o_prospect_flag").toHaveCount(0);
});

test("a reason is cleared, after what was typed is saved", async () => {
    onRpc("crm.lead", "action_prospect_dismiss_flag", ({ args }) => {
        expect.step(args);
        return true;
    });
    await mountForm(
        "crm.lead",
        `<field name="name"/><field name="flags" widget="prospect_flag_reasons"/>`
    );
    await contains("[name=name] input").edit("Anna", { confirm: false });
    await contains(".o_field_prospect_flag_reasons button:eq(1)").click();
    await animationFrame();
    expect.verifySteps([{ name: "Anna" }, [[1], "phone"]]);
});
