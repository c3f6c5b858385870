import { expect, test } from "@odoo/hoot";
import { animationFrame } from "@odoo/hoot-mock";
import {
    contains,
    getService,
    mockService,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { WebClient } from "@web/webclient/webclient";
import { defineProspectModels } from "@prospect/../tests/prospect_test_helpers";

defineProspectModels({});

test.tags("desktop");
test("an operation is undone from its toast, once", async () => {
    onRpc("prospect.operation", "get_undo_toast", () => ({ message: "Bulk operation" }));
    onRpc("prospect.operation", "action_undo", ({ args }) => {
        expect.step(`undo ${args}`);
        return {};
    });
    onRpc("prospect.operation", "get_undone_toast", () => ({
        message: "It was undone.",
        is_clean: true,
    }));
    await mountWithCleanup(WebClient);
    mockService("action", { doAction: (action) => expect.step(action) });
    await getService("prospect_undo_toast").showOperation(7);
    await animationFrame();
    expect(".o_prospect_undo_toast:contains(Bulk operation)").toHaveCount(1);
    await contains(".o_prospect_undo_toast button:contains(Undo)").click();
    await animationFrame();
    expect(".o_prospect_undo_toast").toHaveCount(0);
    expect(".o_notification:contains(It was undone.)").toHaveCount(1);
    expect.verifySteps(["undo 7", "soft_reload"]);
});

test.tags("desktop");
test("what cannot be undone has no toast, and there is one at a time", async () => {
    onRpc("prospect.operation", "get_undo_toast", () => false);
    await mountWithCleanup(WebClient);
    const toasts = getService("prospect_undo_toast");
    await toasts.showOperation(7);
    await animationFrame();
    expect(".o_prospect_undo_toast").toHaveCount(0);
    toasts.show({ message: "First", undo: async () => {} });
    toasts.show({ message: "Second", undo: async () => {} });
    await animationFrame();
    expect(".o_prospect_undo_toast").toHaveCount(1);
    expect(".o_prospect_undo_toast:contains(Second)").toHaveCount(1);
});
