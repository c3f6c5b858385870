import { expect, test } from "@odoo/hoot";
import { advanceTime, animationFrame, Deferred } from "@odoo/hoot-mock";
import { mailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

class Lead extends models.Model {
    _name = "crm.lead";

    email_from = fields.Char();
    phone = fields.Char();

    _records = [{ id: 7, email_from: "ana@known.test" }];
}

defineModels({ ...mailModels, Lead });

const ARCH = `
    <form>
        <widget name="prospect_existing"/>
        <field name="email_from"/>
        <field name="phone"/>
    </form>`;
const ANA = { model: "crm.lead", id: 7, name: "Ana", status: "New", reasons: ["same e-mail"] };

async function type(name, value) {
    await contains(`[name=${name}] input`).edit(value);
    await advanceTime(300);
    await animationFrame();
}

test("who types an existing person is told, with a link that leaves the form as it is", async () => {
    onRpc("crm.lead", "prospect_find_existing", ({ args }) => {
        expect.step(args[0]);
        return [ANA, { ...ANA, id: false, name: false, status: "" }];
    });
    await mountView({ type: "form", resModel: "crm.lead", arch: ARCH });
    expect(".o_prospect_existing").toHaveCount(0);
    await type("email_from", "ana@known.test");
    expect.verifySteps([{ email_from: "ana@known.test" }]);
    expect(".o_prospect_existing a").toHaveText("Ana");
    expect(".o_prospect_existing a").toHaveAttribute("href", "/odoo/prospects/7");
    expect(".o_prospect_existing a").toHaveAttribute("target", "_blank");
    expect(".o_prospect_existing li:last").toHaveText(/a colleague's prospect/);
});

test("an existing prospect is not asked about", async () => {
    onRpc("crm.lead", "prospect_find_existing", () => {
        expect.step("asked");
        return [ANA];
    });
    await mountView({ type: "form", resModel: "crm.lead", resId: 7, arch: ARCH });
    await type("phone", "0612345678");
    expect(".o_prospect_existing").toHaveCount(0);
    expect.verifySteps([]);
});

test("an answer that comes late is forgotten", async () => {
    const late = new Deferred();
    onRpc("crm.lead", "prospect_find_existing", ({ args }) =>
        args[0].phone ? [] : late.then(() => [ANA])
    );
    await mountView({ type: "form", resModel: "crm.lead", arch: ARCH });
    await type("email_from", "ana@known.test");
    await type("phone", "0612345678");
    late.resolve();
    await animationFrame();
    expect(".o_prospect_existing").toHaveCount(0);
});
