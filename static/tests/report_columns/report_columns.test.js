import { expect, test } from "@odoo/hoot";
import { click, queryAllTexts, waitFor } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    fields,
    getService,
    makeMockEnv,
    mockService,
    models,
    mountView,
    mountWithCleanup,
} from "@web/../tests/web_test_helpers";
import { MainComponentsContainer } from "@web/core/main_components_container";
import { defineProspectModels } from "../prospect_test_helpers";

const choice = (key, label, section, ...samples) => ({
    key,
    label,
    section,
    kind: "text",
    samples,
});

class Ask extends models.Model {
    _name = "prospect.report.ask";

    columns = fields.Json({});
    choices = fields.Json({});

    _records = [
        {
            id: 1,
            columns: ["email", "name", "gone"],
            choices: [
                choice("name", "Name", "Prospect", "Ana", "Luc"),
                choice("email", "E-mail", "Contact", "ana@example.com", ""),
                choice("phone", "Téléphone", "Contact", "+33 1", ""),
                choice("lists:all", "One column for each list", "Lists"),
                choice("list:1", "Fair", "Lists", "Yes", "No"),
                choice("list:2", "Club", "Lists", "No", "No"),
            ],
        },
    ];
}

defineProspectModels();
defineModels([Ask]);

const CHOSEN = ".o_prospect_report_chosen";

async function mountColumns() {
    await mountView({
        resModel: "prospect.report.ask",
        resId: 1,
        type: "form",
        arch: `<form>
            <field name="choices" invisible="1"/>
            <field name="columns" widget="prospect_report_columns"/>
        </form>`,
    });
}

test("columns in the order of the report, with how it will look", async () => {
    await mountColumns();
    expect(queryAllTexts(CHOSEN)).toEqual(["E-mail", "Name"]);
    expect(queryAllTexts(".o_prospect_report_preview th")).toEqual(["E-mail", "Name"]);
    expect(queryAllTexts(".o_prospect_report_preview td")).toEqual([
        "ana@example.com",
        "Ana",
        "",
        "Luc",
    ]);
});

test("ticking, leaving out, and a column for each list", async () => {
    await mountColumns();
    await click("[data-key=phone] input");
    await animationFrame();
    expect(queryAllTexts(CHOSEN)).toEqual(["E-mail", "Name", "Téléphone"]);
    await click(`${CHOSEN}[data-key=email] button`);
    await click("[data-key='lists:all'] input");
    await animationFrame();
    expect(queryAllTexts(".o_prospect_report_preview th")).toEqual([
        "Name",
        "Téléphone",
        "Fair",
        "Club",
    ]);
});

test("columns are found without accents, and under their heading", async () => {
    await mountColumns();
    await contains(".o_prospect_report_columns input[type=search]").edit("telephone", {
        confirm: false,
    });
    expect(queryAllTexts(".o_prospect_report_choice")).toEqual(["Téléphone"]);
    await contains(".o_prospect_report_columns input[type=search]").edit("lists", {
        confirm: false,
    });
    expect(".o_prospect_report_choice").toHaveCount(3);
    await contains(".o_prospect_report_columns input[type=search]").edit("zzz", {
        confirm: false,
    });
    expect(".o_prospect_report_choice").toHaveCount(0);
});

test("a pop-up opens a report that is ready, or the page of one that failed", async () => {
    const callbacks = {};
    mockService("bus_service", {
        addEventListener() {},
        removeEventListener() {},
        addChannel() {},
        deleteChannel() {},
        forceUpdateChannels() {},
        subscribe: (type, callback) => (callbacks[type] = callback),
        unsubscribe() {},
        start() {},
    });
    mockService("action", {
        doAction: (action) => expect.step(action.url || `${action.res_model} ${action.res_id}`),
    });
    await makeMockEnv();
    await mountWithCleanup(MainComponentsContainer);
    getService("prospect_report_ready");
    for (const [id, state] of [
        [7, "done"],
        [8, "failed"],
    ]) {
        callbacks.prospect_report({ id, state, title: "Guests", message: `Report ${id}` });
        await waitFor(`.o_notification:contains(Report ${id})`);
        await click(".o_notification button.btn-primary");
        await animationFrame();
        expect(".o_notification").toHaveCount(0);
    }
    expect.verifySteps(["/prospect/report/7/download", "prospect.report 8"]);
});
