import { expect, test } from "@odoo/hoot";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { fields, MockServer, models, mountView, onRpc } from "@web/../tests/web_test_helpers";
import { defineProspectModels } from "@prospect/../tests/prospect_test_helpers";
import { INTERVAL } from "@prospect/progress/progress";

class ProspectOperation extends models.Model {
    _name = "prospect.operation";
    state = fields.Selection({
        selection: [
            ["queued", "Waiting"],
            ["running", "Running"],
            ["done", "Done"],
        ],
    });
    todo = fields.Selection({
        selection: [
            ["plan", "Preview"],
            ["run", "Run"],
        ],
    });
    done_count = fields.Integer();
    todo_count = fields.Integer();
    _records = [{ id: 1, state: "queued", todo: "run", done_count: 0, todo_count: 2000 }];
}

defineProspectModels({ ProspectOperation });

const BAR = ".o_prospect_operation_progress";

async function mountProgress() {
    onRpc("prospect.operation", "read", () => expect.step("read"));
    onRpc("prospect.operation", "web_read", () => expect.step("load"));
    onRpc("prospect.operation", "get_undo_toast", () => {
        expect.step("toast");
        return false;
    });
    await mountView({
        type: "form",
        resModel: "prospect.operation",
        resId: 1,
        arch: `
            <form>
                <field name="state"/>
                <widget
                    name="prospect_operation_progress"
                    invisible="state not in ('queued', 'running')"/>
            </form>`,
    });
    expect.verifySteps(["load"]);
}

async function turn(values) {
    MockServer.env["prospect.operation"].write([1], values);
    await advanceTime(INTERVAL);
    await animationFrame();
}

test("it follows an operation to its end, and loads the page once", async () => {
    await mountProgress();
    expect(`${BAR} b`).toHaveText("Waiting for its turn...");
    await turn({ state: "running", done_count: 500 });
    expect(`${BAR} .progress`).toHaveAttribute("aria-valuenow", "25");
    expect(BAR).toHaveText(/500 of 2,000 rows/);
    expect.verifySteps(["read"]);
    await turn({ state: "done", done_count: 2000 });
    expect.verifySteps(["read", "load", "toast"]);
    expect(BAR).toHaveCount(0);
    await turn({});
    expect.verifySteps([]);
});

test("while a file is read nobody knows how much there is", async () => {
    ProspectOperation._records = [
        { id: 1, state: "running", todo: "plan", done_count: 0, todo_count: 0 },
    ];
    await mountProgress();
    await turn({ done_count: 4000 });
    expect(`${BAR} b`).toHaveText("Reading the file...");
    expect(BAR).toHaveText(/4,000 rows/);
    expect(`${BAR} .progress-bar-animated`).toHaveCount(1);
    expect.verifySteps(["read"]);
});
