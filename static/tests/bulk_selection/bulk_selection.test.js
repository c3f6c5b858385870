import { expect, test } from "@odoo/hoot";
import { animationFrame } from "@odoo/hoot-mock";
import { contains, fields, mockService, models, mountView } from "@web/../tests/web_test_helpers";
import { defineProspectModels } from "@prospect/../tests/prospect_test_helpers";

class CrmLead extends models.Model {
    _name = "crm.lead";
    name = fields.Char();
    _records = [
        { id: 1, name: "Anne Le Goff" },
        { id: 2, name: "Luc Petit" },
        { id: 3, name: "Zoé Roy" },
    ];
}

defineProspectModels({ CrmLead });

const DOMAIN = [["name", "!=", "Nobody"]];

/** A list of three on pages of two, whose actions say what they are given. */
async function mountList() {
    mockService("action", {
        doAction(id, { additionalContext }) {
            expect.step(JSON.stringify(additionalContext.prospect_domain ?? "none"));
        },
        doActionButton({ buttonContext }) {
            expect.step(JSON.stringify(buttonContext.prospect_domain ?? "none"));
        },
    });
    await mountView({
        type: "list",
        resModel: "crm.lead",
        domain: DOMAIN,
        limit: 2,
        arch: `
            <list js_class="prospect_list">
                <header><button name="7" type="action" string="Change"/></header>
                <field name="name"/>
            </list>`,
    });
}

test.tags("desktop");
test("a page of the selection is handed over as numbers only", async () => {
    await mountList();
    await contains("thead .o_list_record_selector input").click();
    await contains(".o_control_panel button:contains(Change)").click();
    await animationFrame();
    expect.verifySteps([JSON.stringify("none")]);
});

test.tags("desktop");
test("everything that matches the search is handed over as a domain", async () => {
    await mountList();
    await contains("thead .o_list_record_selector input").click();
    await contains(".o_select_domain").click();
    await contains(".o_control_panel button:contains(Change)").click();
    await animationFrame();
    expect.verifySteps([JSON.stringify(DOMAIN)]);
});

test.tags("desktop");
test("how the page is sorted is handed over as well", async () => {
    mockService("action", {
        doActionButton({ buttonContext }) {
            expect.step(buttonContext.prospect_order ?? "none");
        },
    });
    await mountView({
        type: "list",
        resModel: "crm.lead",
        arch: `
            <list js_class="prospect_list">
                <header><button name="7" type="action" string="Report" display="always"/></header>
                <field name="name"/>
            </list>`,
    });
    await contains(".o_control_panel button:contains(Report)").click();
    await contains("th[data-name=name]").click();
    await contains("th[data-name=name]").click();
    await contains(".o_control_panel button:contains(Report)").click();
    await animationFrame();
    expect.verifySteps(["none", "name DESC"]);
});
