import { expect, test } from "@odoo/hoot";
import { animationFrame } from "@odoo/hoot-mock";
import {
    contains,
    fields,
    mockService,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { defineProspectModels } from "@prospect/../tests/prospect_test_helpers";

class CrmLead extends models.Model {
    _name = "crm.lead";
    name = fields.Char();
    status_id = fields.Many2one({ relation: "prospect.status" });
    _records = [{ id: 1, name: "Anne Le Goff", status_id: 1 }];
}

class ProspectStatus extends models.Model {
    _name = "prospect.status";
    name = fields.Char();
    _records = [
        { id: 1, name: "New" },
        { id: 2, name: "In progress" },
        { id: 3, name: "Converted" },
    ];
    get_asking() {
        return { junk: [], converted: [3] };
    }
}

defineProspectModels({ CrmLead, ProspectStatus });

const FORM = {
    type: "form",
    resModel: "crm.lead",
    resId: 1,
    arch: `
        <form>
            <header>
                <field name="status_id" widget="prospect_statusbar" options="{'clickable': '1'}"/>
            </header>
            <field name="name"/>
        </form>`,
};

async function mountForm() {
    const closers = [];
    mockService("action", {
        doAction(action, options) {
            expect.step(`${action} ${options.additionalContext.default_lead_ids}`);
            closers.push(options.onClose);
        },
    });
    onRpc("crm.lead", "web_save", ({ args }) => {
        expect.step(`save ${JSON.stringify(args)}`);
    });
    await mountView(FORM);
    return closers;
}

test.tags("desktop");
test("converted asks what it is converted to, after what was typed is saved", async () => {
    const closers = await mountForm();
    await contains(".o_field_widget[name=name] input").edit("Anne Roux", { confirm: false });
    await contains(".o_arrow_button:contains(Converted)").click();
    await animationFrame();
    expect.verifySteps(['save [[1],{"name":"Anne Roux"}]', "prospect.prospect_convert_action 1"]);
    expect(".o_arrow_button_current").toHaveText("New");
    // Escape: as it was
    await closers[0]();
    expect(".o_arrow_button_current").toHaveText("New");
    expect.verifySteps([]);
});

test.tags("desktop");
test("other statuses are saved at once", async () => {
    await mountForm();
    await contains(".o_arrow_button:contains(In progress)").click();
    await animationFrame();
    expect.verifySteps(['save [[1],{"status_id":2}]']);
});
