import { expect, test } from "@odoo/hoot";
import { click, manuallyDispatchProgrammaticEvent, queryOne, setInputFiles } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { contains, fields, mockService, models } from "@web/../tests/web_test_helpers";
import { defineProspectModels, mountForm } from "@prospect/../tests/prospect_test_helpers";

class ProspectImport extends models.Model {
    _name = "prospect.import";
    file = fields.Binary();
    filename = fields.Char();
    _records = [{ id: 1, file: false, filename: false }];
}

defineProspectModels({ ProspectImport });

const ZONE = ".o_prospect_file_drop";

async function mountZone() {
    await mountForm(
        "prospect.import",
        `<field name="filename" invisible="1"/>
        <field name="file" widget="prospect_file_drop" filename="filename"/>`
    );
}

/** Wait for the file to be read, which takes a task of the browser's own. */
async function settle() {
    await new Promise((resolve) => queueMicrotask(resolve));
    for (let turn = 0; turn < 5; turn++) {
        await animationFrame();
    }
}

test("a file that is chosen is shown with its size, saved and taken away", async () => {
    await mountZone();
    expect(`${ZONE}:not(.o_filled)`).toHaveCount(1);
    await click(ZONE);
    await setInputFiles([new File(["Email\na@b.fr\n"], "people.csv", { type: "text/csv" })]);
    await settle();
    expect(`${ZONE}.o_filled`).toHaveText(/people\.csv/);
    expect(`${ZONE}.o_filled`).toHaveText(/13\.00 Bytes/);
    await contains(".o_form_button_save").click();
    expect.verifySteps([{ file: btoa("Email\na@b.fr\n"), filename: "people.csv" }]);
    await contains(".o_prospect_file_drop_remove").click();
    expect(`${ZONE}:not(.o_filled)`).toHaveCount(1);
    await contains(".o_form_button_save").click();
    expect.verifySteps([{ file: false, filename: false }]);
});

test("a file that is dropped anywhere on the zone is taken", async () => {
    await mountZone();
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(["Email\n"], "dropped.csv", { type: "text/csv" }));
    const zone = queryOne(ZONE);
    await manuallyDispatchProgrammaticEvent(zone, "dragover", { dataTransfer });
    await animationFrame();
    expect(ZONE).toHaveClass("o_over");
    await manuallyDispatchProgrammaticEvent(zone, "drop", { dataTransfer });
    await settle();
    expect(ZONE).not.toHaveClass("o_over");
    expect(`${ZONE}.o_filled`).toHaveText(/dropped\.csv/);
});

test("an empty file is refused at once", async () => {
    mockService("notification", {
        add: (message, { type }) => expect.step(`${type}: ${message}`),
    });
    await mountZone();
    await click(ZONE);
    await setInputFiles([new File([], "empty.csv")]);
    await settle();
    expect.verifySteps(["danger: empty.csv is empty."]);
    expect(`${ZONE}:not(.o_filled)`).toHaveCount(1);
});
