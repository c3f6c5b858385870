import { expect, test } from "@odoo/hoot";
import { click, queryAllTexts, queryFirst, select, waitFor } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { mailModels } from "@mail/../tests/mail_test_helpers";
import {
    defineModels,
    getService,
    makeMockEnv,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { WebClient } from "@web/webclient/webclient";
import { formatHours, formatShare } from "@prospect/analysis/figure";

defineModels(mailModels);

const OPEN = [["lifecycle_step_ids", "any", [["status_id", "=", 1]]]];
const BEFORE = [["lifecycle_step_ids", "any", [["status_id", "=", 2]]]];

function getCell(value, values = {}) {
    return { value, type: "count", of: null, open: OPEN, ...values };
}

function getStep(label, value, of, values = {}) {
    return {
        key: label,
        label,
        kind: "open",
        count: getCell(value),
        rate: getCell(value, { type: "rate", of }),
        median: getCell(null, { type: "days", of: 0 }),
        tail: getCell(null, { type: "days", of: 0 }),
        from_before: null,
        previous: null,
        ...values,
    };
}

function getPage(values = {}) {
    const choices = {
        company: [{ id: 1, name: "House" }],
        team: [{ id: 3, name: "Europe" }],
        person: [],
        source: [
            { id: 5, name: "Fair" },
            { id: 6, name: "Web" },
        ],
        list: [],
    };
    return {
        kind: "funnel",
        filters: { period: "90", compare: true, interval: "month" },
        choices,
        moment: "2026-01-05 08:00:00",
        is_large: false,
        domain: [],
        total: getCell(200),
        steps: [
            getStep("New", 200, 200),
            getStep("In progress", 50, 200, {
                from_before: getCell(60, { type: "rate", of: 200 }),
                median: getCell(1.5, { type: "days", of: 40 }),
                tail: getCell(12, { type: "days", of: 40 }),
                previous: getCell(10, { type: "rate", of: 100, open: BEFORE }),
            }),
            getStep("Converted", 0, 200, { kind: "converted" }),
        ],
        exits: [getStep("Junk", 1, 200, { kind: "junk" })],
        ...values,
    };
}

async function openPage(kind = "funnel") {
    await mountWithCleanup(WebClient);
    await getService("action").doAction({
        type: "ir.actions.client",
        tag: "prospect_analysis",
        params: { kind },
    });
    await waitFor(".o_prospect_analysis .o_prospect_moment");
}

test("shares and times are said as people say them", async () => {
    // how numbers are written comes with the services
    await makeMockEnv();
    expect(formatShare(1, 3)).toBe("33%");
    expect(formatShare(1, 200)).toBe("0.5%");
    expect(formatShare(0, 200)).toBe("0%");
    expect(formatShare(0, 0)).toBe("–");
    expect(formatHours(0.5)).toBe("30 min");
    expect(formatHours(3)).toBe("3.0 h");
    expect(formatHours(26)).toBe("26 h");
    expect(formatHours(24 * 12)).toBe("12 d");
});

test("each step has its bar, its share and its denominator", async () => {
    onRpc("prospect.analysis", "get_page", () => getPage());
    await openPage();
    expect(queryAllTexts(".o_prospect_step_label")).toEqual([
        "New",
        "In progress",
        "Converted",
        "Junk",
    ]);
    const step = ".o_prospect_step[data-step='In progress']";
    expect(`${step} .o_prospect_step_count`).toHaveText(/^50\s*25%\s*50 of 200$/);
    expect(`${step} .o_prospect_bar_fill`).toHaveStyle("width", { inline: true });
    expect(`${step} .o_prospect_bar_fill`).toHaveAttribute("style", /25%/);
    expect(`${step} .o_prospect_bar_previous`).toHaveAttribute("style", /10%/);
    expect(`${step} .o_prospect_step_notes`).toHaveText(/30%\s*moved on\s*\(60 of 200\)/);
    expect(`${step} .o_prospect_step_notes`).toHaveText(
        /Median\s*36 h\s*,\s*90th percentile\s*12 d\s*\(40 prospects\)/
    );
    expect(`${step} .o_prospect_step_notes`).toHaveText(/before:\s*10%\s*10 of 100/);
    expect(`${step} .o_prospect_bar`).toHaveAttribute(
        "aria-label",
        "In progress: 50 of 200 prospects"
    );
    expect(".o_prospect_step[data-step=Converted] .o_prospect_bar").not.toBeEnabled();
});

test("a bar and a number open the prospects behind them", async () => {
    onRpc("prospect.analysis", "get_page", () => getPage());
    await openPage();
    const actions = [];
    const service = getService("action");
    service.doAction = (action) => actions.push(action);
    await click(".o_prospect_step[data-step=New] .o_prospect_bar");
    await click(".o_prospect_step[data-step=Junk] .o_prospect_step_count button:first");
    await click(".o_prospect_step[data-step='In progress'] .o_prospect_previous button");
    await animationFrame();
    expect(actions.map(({ name, domain, res_model }) => [name, domain, res_model])).toEqual([
        ["New", OPEN, "crm.lead"],
        ["Junk", OPEN, "crm.lead"],
        ["In progress", BEFORE, "crm.lead"],
    ]);
});

test("a filter asks for the figures again", async () => {
    onRpc("prospect.analysis", "get_page", ({ args }) => {
        const [kind, filters] = args;
        expect.step([kind, filters.period, filters.source]);
        return getPage({ filters: { interval: "month", compare: true, period: "90", ...filters } });
    });
    await openPage();
    await click("select[name=source]");
    await select("6");
    await animationFrame();
    await click(".o_prospect_period");
    await select("30");
    await animationFrame();
    expect.verifySteps([
        ["funnel", undefined, undefined],
        ["funnel", "90", 6],
        ["funnel", "30", 6],
    ]);
    expect("select[name=company]").toHaveCount(0);
});

test("a year is asked for when it is whole", async () => {
    const filters = { period: "custom", date_from: "2026-01-01", date_to: "2026-02-01" };
    onRpc("prospect.analysis", "get_page", ({ args }) => {
        expect.step(args[1].date_from ?? "none");
        return getPage({ filters: { ...filters, ...args[1] } });
    });
    await openPage();
    for (const day of ["0002-01-01", "0020-01-01", "2025-01-01"]) {
        const input = queryFirst(".o_prospect_filters input[type=date]");
        input.value = day;
        input.dispatchEvent(new Event("change"));
        await animationFrame();
    }
    expect.verifySteps(["none", "2025-01-01"]);
});

test("a table has a denominator beside each rate", async () => {
    onRpc("prospect.analysis", "get_page", () =>
        getPage({
            kind: "sources",
            columns: [{ label: "Prospects" }, { label: "Converted" }, { label: "Time", help: "?" }],
            rows: [
                {
                    key: "5",
                    label: "Fair",
                    cells: [
                        getCell(8, { previous: getCell(3) }),
                        getCell(2, {
                            type: "rate",
                            of: 8,
                            previous: getCell(1, { type: "rate", of: 3 }),
                        }),
                        getCell(2.5, {
                            type: "days",
                            of: 2,
                            previous: getCell(null, { type: "days", of: 0 }),
                        }),
                    ],
                },
            ],
            total: null,
            left_out: 0,
        })
    );
    await openPage("sources");
    expect(queryAllTexts("tbody td").map((text) => text.replace(/\s+/g, " "))).toEqual([
        "8 3",
        "25%2 of 8 33%1 of 3",
        "2.5 dof 2",
    ]);
});

test("a period without prospects says so", async () => {
    onRpc("prospect.analysis", "get_page", () => getPage({ total: getCell(0) }));
    await openPage();
    expect(".o_prospect_nothing").toHaveCount(1);
    expect(".o_prospect_funnel").toHaveCount(0);
});

test("the dashboard shows numbers and what wants somebody", async () => {
    const table = { columns: [{ label: "Prospects" }], rows: [], total: null, left_out: 0 };
    onRpc("prospect.dashboard", "get_page", () => ({
        moment: "2026-01-05 08:00:00",
        is_old: false,
        is_large: true,
        days: 30,
        today: [{ label: "Arrived", cell: getCell(7) }],
        week: [
            { label: "Arrived", cell: getCell(40), previous: getCell(20) },
            {
                label: "Junk",
                cell: getCell(4, { type: "rate", of: 40 }),
                previous: getCell(1, { type: "rate", of: 20 }),
            },
        ],
        funnel: getPage(),
        sources: table,
        people: table,
        alerts: [
            {
                name: "unassigned",
                label: "prospects without a salesperson",
                model: "crm.lead",
                cell: getCell(1000, { is_more: true }),
            },
        ],
    }));
    await mountWithCleanup(WebClient);
    await getService("action").doAction({ type: "ir.actions.client", tag: "prospect_dashboard" });
    await waitFor(".o_prospect_dashboard .o_prospect_moment");
    expect("[data-number=Arrived]").toHaveText(/^7\s*Arrived$/);
    expect("[data-alert=unassigned]").toHaveText(/^1,000\+\s*prospects without a salesperson$/);
    expect(".o_prospect_moment").toHaveText(/^Today is live/);
    const texts = queryAllTexts(".o_prospect_number .o_prospect_previous");
    expect(texts.map((text) => text.replace(/\s+/g, " "))).toEqual([
        "week before: 20",
        "week before: 5%1 of 20",
    ]);
});
