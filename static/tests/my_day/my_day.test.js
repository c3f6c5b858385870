import { expect, test } from "@odoo/hoot";
import { click, queryAllTexts, queryFirst, waitFor, waitForNone } from "@odoo/hoot-dom";
import { animationFrame, mockDate } from "@odoo/hoot-mock";
import { mailModels } from "@mail/../tests/mail_test_helpers";
import {
    defineModels,
    getService,
    makeMockEnv,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { WebClient } from "@web/webclient/webclient";

defineModels(mailModels);

const DONE = 77;

function getRow(id, name, values = {}) {
    return {
        id: `task-${id}`,
        task_id: id,
        lead: { id, name, company: false, phone: false, email: false },
        text: "Call",
        icon: "fa-phone",
        date: "2026-01-04",
        is_late: true,
        ...values,
    };
}

function getSection(rows) {
    return {
        name: "tasks",
        title: "To do today",
        empty: "Nothing is due.",
        model: "mail.activity",
        cell: { value: rows.length, type: "count", of: null, open: [], is_more: false },
        rows,
    };
}

/** The page with the tasks of a server that remembers what is done. */
async function open(rows) {
    mockDate("2026-01-05 12:00:00");
    const done = new Set();
    onRpc("prospect.my.day", "get_page", () => {
        expect.step("load");
        return { sections: [getSection(rows.filter((row) => !done.has(row.task_id)))] };
    });
    onRpc("mail.activity", "action_done", ({ args: [[id]] }) => {
        expect.step(`done ${id}`);
        done.add(id);
        return DONE;
    });
    onRpc("mail.activity", "action_prospect_undo_done", ({ args: [[id], message] }) => {
        expect.step(`undo ${id} ${message}`);
        done.delete(id);
        return true;
    });
    onRpc("mail.activity", "action_reschedule_tomorrow", ({ args: [[id]] }) => {
        expect.step(`later ${id}`);
        done.add(id);
        return true;
    });
    await makeMockEnv();
    await mountWithCleanup(WebClient);
    await getService("action").doAction({
        type: "ir.actions.client",
        tag: "prospect_my_day",
    });
    await waitFor(".o_prospect_my_day_row");
    expect.verifySteps(["load"]);
}

test("a task says who, what and since when", async () => {
    const lead = { id: 1, name: "Ana", company: "Faure", phone: "+331", email: false };
    await open([getRow(1, "Ana", { lead })]);
    expect(queryAllTexts(".o_prospect_my_day_lead .fw-bold")[0]).toBe("Ana");
    expect(".o_prospect_my_day_lead .text-danger").toHaveText("yesterday");
    expect(queryFirst("a[href^='tel:']").getAttribute("href")).toBe("tel:+331");
    expect("button[title='Write an e-mail']").toHaveCount(0);
});

test("done, and taken back once", async () => {
    await open([getRow(1, "Ana"), getRow(2, "Bob")]);
    await click(".o_prospect_my_day_done:first");
    await waitForNone(".o_prospect_my_day_row:contains(Ana)");
    expect.verifySteps(["done 1", "load"]);
    await click(await waitFor(".o_notification_buttons button"));
    await waitFor(".o_prospect_my_day_row:contains(Ana)");
    expect.verifySteps([`undo 1 ${DONE}`, "load"]);
    await waitForNone(".o_notification_buttons");
});

test("a double click is one", async () => {
    await open([getRow(1, "Ana")]);
    const button = queryFirst(".o_prospect_my_day_done");
    button.click();
    button.click();
    await waitForNone(".o_prospect_my_day_row");
    expect.verifySteps(["done 1", "load"]);
    expect("section p.text-muted").toHaveText("Nothing is due.");
});

test("what is put off has nothing to take back", async () => {
    await open([getRow(1, "Ana")]);
    await click(".o_prospect_my_day_later");
    await waitForNone(".o_prospect_my_day_row");
    await animationFrame();
    expect.verifySteps(["later 1", "load"]);
    expect(".o_notification").toHaveCount(1);
    expect(".o_notification_buttons").toHaveCount(0);
});
