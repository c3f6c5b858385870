import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { contains, fields, models, mountView } from "@web/../tests/web_test_helpers";
import { defineProspectModels } from "@prospect/../tests/prospect_test_helpers";
import { reportReadyService } from "@prospect/report_ready/report_ready_service";

const choice = (key, label, section, ...samples) => ({
    key,
    label,
    section,
    kind: "text",
    samples,
});

class Ask extends models.Model {
    _name = "prospect.report.ask";

    columns = fields.Json();
    choices = fields.Json();

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

defineProspectModels({ Ask });

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
    await contains("[data-key=phone] input").click();
    expect(queryAllTexts(CHOSEN)).toEqual(["E-mail", "Name", "Téléphone"]);
    await contains(`${CHOSEN}[data-key=email] button`).click();
    await contains("[data-key='lists:all'] input").click();
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

test("a pop-up opens a report that is ready, or the page of one that failed", () => {
    const callbacks = {};
    const shown = [];
    reportReadyService.start(
        {},
        {
            action: { doAction: ({ url, res_id }) => expect.step(url || `page of ${res_id}`) },
            bus_service: {
                start: () => expect.step("listens"),
                subscribe: (type, callback) => (callbacks[type] = callback),
            },
            notification: {
                add: (message, options) => {
                    shown.push({ message, ...options });
                    return () => expect.step("closed");
                },
            },
        }
    );
    callbacks.prospect_report({ id: 7, state: "done", title: "Guests", message: "Ready." });
    callbacks.prospect_report({ id: 8, state: "failed", title: "Guests", message: "Not made." });
    expect(shown.map(({ message, type }) => [message, type])).toEqual([
        ["Ready.", "success"],
        ["Not made.", "danger"],
    ]);
    shown.forEach(({ buttons }) => buttons[0].onClick());
    expect.verifySteps(["listens", "closed", "/prospect/report/7/download", "closed", "page of 8"]);
});
