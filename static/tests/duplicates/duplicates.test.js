import { expect, test } from "@odoo/hoot";
import { click, queryAllTexts, waitFor } from "@odoo/hoot-dom";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { mailModels } from "@mail/../tests/mail_test_helpers";
import { defineModels, getService, mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";
import { WebClient } from "@web/webclient/webclient";

defineModels(mailModels);

const DONE = {
    state: "done",
    started_at: "2026-01-05 08:00:00",
    finished_at: "2026-01-05 08:00:10",
    done_count: 12,
    todo_count: 12,
    found_count: 3,
    progress: 99,
    error: "",
};

function getRecord(number, title) {
    return { number, model: "crm.lead", id: number, title, values: {} };
}

function getGroup(id, score, { three = false, decided = "" } = {}) {
    const records = [getRecord(1, "Ana"), getRecord(2, "Anna")];
    const cells = [
        { text: "Ana", differs: false },
        { text: "Anna", differs: true },
    ];
    const reasons = [
        { text: "same phone number", points: 60, is_against: false },
        { text: "the names are of two people", points: -20, is_against: true },
    ];
    const pairs = [{ id: 10 * id, score, left: "Ana", right: "Anna", reasons, decided }];
    if (three) {
        records.push(getRecord(3, "Hanna"));
        cells.push({ text: "Hanna", differs: true });
        pairs.push({ id: 10 * id + 1, score: 60, left: "Anna", right: "Hanna", reasons, decided });
    }
    return {
        id,
        score,
        is_reopened: false,
        records,
        lead_ids: records.map((record) => record.id),
        rows: [{ key: "name", label: "Person", cells }],
        pairs,
    };
}

function getPage(values = {}) {
    return {
        groups: [getGroup(1, 95, { three: true }), getGroup(2, 55)],
        total: 3,
        shown: 3,
        scan: DONE,
        may_scan: true,
        may_merge: true,
        automatic: 90,
        ...values,
    };
}

async function openPage(context = {}) {
    await mountWithCleanup(WebClient);
    await getService("action").doAction({
        type: "ir.actions.client",
        tag: "prospect_duplicates",
        context,
    });
    await waitFor(".o_prospect_duplicates .o_prospect_total");
}

test("groups best first, side by side, with differences and reasons", async () => {
    onRpc("prospect.duplicate.pair", "get_page", () => getPage());
    await openPage();
    expect(queryAllTexts(".card-header .badge")).toEqual([
        "95 – certainly the same",
        "55 – possible",
    ]);
    expect(queryAllTexts(".o_prospect_group:first thead button")).toEqual(["Ana", "Anna", "Hanna"]);
    expect(".o_prospect_group:first td.o_differs").toHaveCount(2);
    expect(".o_prospect_group:first .o_prospect_pair").toHaveCount(2);
    expect(".o_prospect_pair:first .text-bg-danger").toHaveText(
        /^the names are of two people\s*−20$/
    );
    expect(".o_prospect_total").toHaveText("3 pairs to decide");
});

test("without the rights, neither search nor merge", async () => {
    onRpc("prospect.duplicate.pair", "get_page", () =>
        getPage({ may_scan: false, may_merge: false })
    );
    await openPage();
    expect(".o_prospect_scan").toHaveCount(0);
    expect(".o_prospect_merge").toHaveCount(0);
    expect(".o_prospect_not_duplicates").toHaveCount(2);
});

test("the sure ones are previewed by those who may search", async () => {
    onRpc("prospect.duplicate.pair", "get_page", () => getPage({ has_sure: true }));
    onRpc("prospect.duplicate.pair", "merge_sure", () => {
        expect.step("preview");
        return { type: "ir.actions.act_window_close" };
    });
    await openPage();
    await click("button:contains(Merge certain duplicates)");
    await animationFrame();
    expect.verifySteps(["preview"]);
    await click(".o_prospect_decided");
    await animationFrame();
    expect("button:contains(Merge certain duplicates)").toHaveCount(0);
});

test("a group or one pair of it is no duplicate", async () => {
    onRpc("prospect.duplicate.pair", "get_page", () => getPage());
    onRpc("prospect.duplicate.pair", "set_not_duplicates", ({ args }) => {
        expect.step(args[0]);
        return true;
    });
    await openPage();
    await click(".o_prospect_group:first .o_prospect_not_duplicates");
    await animationFrame();
    await waitFor(".o_notification:contains(Remembered for everybody)");
    await animationFrame();
    await click(".o_prospect_pair:contains(Hanna) button");
    await animationFrame();
    expect.verifySteps([[10, 11], [11]]);
});

test("a search under way is followed to its end", async () => {
    const scan = { ...DONE, state: "running", done_count: 4 };
    const page = getPage({ groups: [], total: 0, shown: 0, scan });
    onRpc("prospect.duplicate.pair", "get_page", () => page);
    await openPage();
    expect(".o_prospect_scan").toHaveCount(0);
    expect(".o_prospect_scan_text").toHaveText("Searching: 4 of 12 records");
    Object.assign(page, getPage());
    await advanceTime(2000);
    await animationFrame();
    expect(".o_prospect_group").toHaveCount(2);
    expect(".o_prospect_scan_text").toHaveText(/new pairs: 3/);
});

test("more pairs are read when asked for", async () => {
    onRpc("prospect.duplicate.pair", "get_page", ({ args }) => {
        expect.step(args);
        return getPage({ total: 100, shown: args[1] });
    });
    await openPage();
    await click("button:contains(60 left)");
    await animationFrame();
    expect.verifySteps([
        ["open", 40, false],
        ["open", 80, false],
    ]);
});

test("the pairs of one prospect, then all; its form is that of prospects", async () => {
    onRpc("prospect.duplicate.pair", "get_page", ({ args }) => {
        expect.step(args);
        return getPage({ lead: args[2] && "Ana", has_sure: true });
    });
    onRpc("crm.lead", "get_formview_action", ({ args }) => {
        expect.step(args);
        return { type: "ir.actions.act_window_close" };
    });
    await openPage({ prospect_lead_id: 1 });
    expect(".o_prospect_of_one").toHaveText(/Only: Ana/);
    expect(".o_prospect_scan, .o_prospect_merge_sure").toHaveCount(0);
    await click(".o_prospect_of_one button");
    await animationFrame();
    expect(".o_prospect_of_one").toHaveCount(0);
    expect(".o_prospect_scan").toHaveCount(1);
    await click(".o_prospect_group:first thead button:first");
    await animationFrame();
    expect.verifySteps([["open", 40, 1], ["open", 40, false], [[1]]]);
});
