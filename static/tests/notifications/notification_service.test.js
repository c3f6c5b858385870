import { expect, test } from "@odoo/hoot";
import { queryAll } from "@odoo/hoot-dom";
import { runAllTimers } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    getService,
    MockServer,
    mockService,
    mountWithCleanup,
    serverState,
} from "@web/../tests/web_test_helpers";
import { WebClient } from "@web/webclient/webclient";

defineMailModels();

test("a pop-up tells of a prospect and opens it", async () => {
    mockService("action", {
        doAction(action) {
            expect.step([action.res_model, action.res_id]);
        },
        loadState: () => false,
    });
    await mountWithCleanup(WebClient);
    getService("bus_service").start();
    await runAllTimers();
    const [partner] = MockServer.env["res.partner"].browse(serverState.partnerId);
    MockServer.env["bus.bus"]._sendone(partner, "prospect_notification", {
        title: "New prospect: Ana",
        message: "Acme · Website",
        model: "crm.lead",
        id: 7,
    });
    await contains(".o_notification .o_notification_buttons button").click();
    expect.verifySteps([["crm.lead", 7]]);
    expect(queryAll(".o_prospect_popup")).toHaveLength(0);
});
