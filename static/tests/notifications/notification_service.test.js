import { expect, test } from "@odoo/hoot";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    MockServer,
    mockService,
    mountWithCleanup,
    onRpc,
    serverState,
} from "@web/../tests/web_test_helpers";
import { MainComponentsContainer } from "@web/core/main_components_container";

defineMailModels();

test("a pop-up tells of a prospect and opens it", async () => {
    mockService("action", {
        doAction(action) {
            expect.step(action);
        },
    });
    onRpc("crm.lead", "get_formview_action", ({ args }) => ["open", args[0]]);
    await mountWithCleanup(MainComponentsContainer);
    const [partner] = MockServer.env["res.partner"].read(serverState.partnerId);
    MockServer.env["bus.bus"]._sendone(partner, "prospect_notification", {
        title: "New prospect: Ana",
        message: "Acme · Website",
        model: "crm.lead",
        id: 7,
    });
    await contains(".o_notification.o_prospect_popup button:contains(Open)").click();
    await expect.waitForSteps([["open", [7]]]);
    expect(".o_prospect_popup").toHaveCount(0);
});
