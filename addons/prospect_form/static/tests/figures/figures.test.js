import { expect, test } from "@odoo/hoot";
import { click, queryAllTexts, select, waitFor } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { mailModels } from "@mail/../tests/mail_test_helpers";
import { defineModels, getService, mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";
import { WebClient } from "@web/webclient/webclient";

defineModels(mailModels);

const DAYS = [["form_id", "=", 7]];

function getCell(value, of, model = "prospect.form.count") {
    return { value, of: of ?? null, type: of === undefined ? "count" : "rate", open: DAYS, model };
}

function getPage(values = {}) {
    return {
        form: { id: 7, name: "Spring fair" },
        filters: { period: "90" },
        totals: [
            { name: "views", label: "Views", help: "", cell: getCell(40) },
            { name: "answers", label: "Completed", help: "", cell: getCell(10, 40) },
        ],
        questions: [
            {
                key: "name",
                label: "Name",
                condition: "",
                shown: getCell(40),
                answered: getCell(20, 40),
                stops: getCell(2, 10),
            },
            {
                key: "mail",
                label: "E-mail",
                condition: "Shown when Name is answered",
                shown: getCell(20),
                answered: getCell(5, 20),
                stops: getCell(8, 10),
            },
        ],
        choices: [
            {
                key: "stay",
                label: "Stay",
                is_multiple: false,
                of: 4,
                left_out: 0,
                rows: [
                    { key: "1", label: "Yes", cell: getCell(3, 4, "prospect.form.answer") },
                    { key: "2", label: "No", cell: getCell(1, 4, "prospect.form.answer") },
                ],
            },
        ],
        sees_all: true,
        ...values,
    };
}

async function openPage() {
    await mountWithCleanup(WebClient);
    await getService("action").doAction({
        type: "ir.actions.client",
        tag: "prospect_form_figures",
        params: { form_id: 7 },
    });
    await waitFor(".o_prospect_form_figures h1");
}

test("each rate has its denominator, and the worst question is said", async () => {
    onRpc("prospect.form.figures", "get_page", () => getPage());
    await openPage();
    expect("[data-total=answers]").toHaveText(/25%\s*10 of 40/);
    expect(".o_prospect_form_figures section p:first").toHaveText(
        "Most people stop at “E-mail”: 8 of the 10 who left."
    );
    expect(queryAllTexts("[data-question] [role=rowheader]")).toEqual([
        "Name",
        "E-mail\nShown when Name is answered",
    ]);
    expect("[data-question=mail] .o_prospect_form_bar").toHaveAttribute(
        "aria-label",
        "E-mail: 25%, 5 of 20"
    );
    expect("[data-choice=Yes] .o_prospect_form_bar span").toHaveAttribute("style", /75%/);
});

test("a number opens what is behind it", async () => {
    onRpc("prospect.form.figures", "get_page", () => getPage());
    await openPage();
    const actions = [];
    getService("action").doAction = (action) => actions.push(action);
    await click("[data-total=views] button");
    await click("[data-choice=No] button");
    await animationFrame();
    expect(actions.map(({ name, res_model, domain }) => [name, res_model, domain])).toEqual([
        ["Views", "prospect.form.count", DAYS],
        ["No", "prospect.form.answer", DAYS],
    ]);
});

test("another period asks again; a form that nobody saw says so", async () => {
    onRpc("prospect.form.figures", "get_page", ({ args }) => {
        expect.step(args);
        const none = { name: "views", label: "Views", help: "", cell: getCell(0) };
        return args[1].period === "7" ? getPage({ totals: [none] }) : getPage();
    });
    await openPage();
    await click(".o_prospect_period");
    await select("7");
    await animationFrame();
    expect.verifySteps([
        [7, { period: "90" }],
        [7, { period: "7" }],
    ]);
    expect(".o_prospect_form_figures").toHaveText(/Nobody has seen this form/);
    expect("[data-total=views] button").toHaveCount(0);
});
