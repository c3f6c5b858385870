import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { contains, fields, mockService, models, mountView } from "@web/../tests/web_test_helpers";
import { defineProspectModels } from "@prospect/../tests/prospect_test_helpers";
import { LIMIT } from "@prospect/operation_lines/operation_lines";

const COUNTS = [
    ...["created", "updated", "unchanged", "repeat", "skipped", "failed"],
    ...["replanned", "reversed", "kept", "impossible", "told"],
];

class CrmLead extends models.Model {
    _name = "crm.lead";
    name = fields.Char();
    _records = [{ id: 7, name: "Zoé Roy" }];
}

class ProspectOperation extends models.Model {
    _name = "prospect.operation";
    state = fields.Selection({
        selection: [
            ["previewed", "Previewed"],
            ["undone", "Undone"],
        ],
    });
    _records = [{ id: 1, state: "previewed", created_count: LIMIT + 5, failed_count: 1 }];
}
for (const name of COUNTS) {
    ProspectOperation._fields[`${name}_count`] = fields.Integer();
}

class ProspectOperationLine extends models.Model {
    _name = "prospect.operation.line";
    operation_id = fields.Many2one({ relation: "prospect.operation" });
    number = fields.Integer();
    who = fields.Char();
    outcome = fields.Char();
    reason = fields.Char();
    changes = fields.Html();
    lead_id = fields.Many2one({ relation: "crm.lead" });
    is_replanned = fields.Boolean();
    is_told = fields.Boolean();
    target_number = fields.Integer();
    undo_outcome = fields.Char();
    undo_reason = fields.Char();
    _records = [
        { id: 1, operation_id: 1, number: 2, outcome: "failed", reason: "No <b>name</b>" },
        ...Array.from({ length: LIMIT + 5 }, (_, index) => ({
            id: index + 2,
            operation_id: 1,
            number: index + 3,
            who: `Person ${index}`,
            outcome: "created",
            changes: "<b>City</b> Nice",
            lead_id: index ? false : 7,
        })),
    ];
}

defineProspectModels({ CrmLead, ProspectOperation, ProspectOperationLine });

const LINE = ".o_prospect_operation_line:not(.o_head)";

async function mountLines() {
    await mountView({
        type: "form",
        resModel: "prospect.operation",
        resId: 1,
        arch: `<form><widget name="prospect_operation_lines"/></form>`,
    });
}

test("cards count, and filter the lines", async () => {
    await mountLines();
    expect("[data-card]").toHaveCount(2, { message: "none for what there is none of" });
    expect("[data-card=created] .o_count").toHaveText(String(LIMIT + 5));
    expect(LINE).toHaveCount(LIMIT);
    await contains("[data-card=failed]").click();
    expect("[data-card=failed]").toHaveAttribute("aria-pressed", "true");
    expect(LINE).toHaveCount(1);
    expect(`${LINE} .o_reason`).toHaveText("No <b>name</b>", { message: "is no HTML" });
    await contains("[data-card=failed]").click();
    expect(LINE).toHaveCount(LIMIT);
    expect(`${LINE}:eq(1) .o_changes b`).toHaveText("City");
});

test("lines are turned page by page", async () => {
    await mountLines();
    await contains("[data-card=created]").click();
    await contains("[aria-label='Next lines']").click();
    expect(queryAllTexts(`${LINE} .o_number`)).toEqual(["23", "24", "25", "26", "27"]);
    expect("[aria-label='Next lines']").not.toBeEnabled();
    await contains("[aria-label='Previous lines']").click();
    expect(LINE).toHaveCount(LIMIT);
});

test("a person that is known opens", async () => {
    mockService("action", {
        doActionButton: ({ name, resId }) => expect.step(`${name} ${resId}`),
    });
    await mountLines();
    expect(`${LINE} .o_who button`).toHaveCount(1);
    await contains(`${LINE} .o_who button`).click();
    expect.verifySteps(["action_open_lead 2"]);
});

test("after an undo the cards are its three answers", async () => {
    ProspectOperation._records = [
        { id: 1, state: "undone", created_count: 2, reversed_count: 1, kept_count: 1 },
    ];
    ProspectOperationLine._records = [
        { id: 1, operation_id: 1, number: 2, outcome: "created", undo_outcome: "reversed" },
        {
            ...{ id: 2, operation_id: 1, number: 3, outcome: "created", undo_outcome: "kept" },
            undo_reason: "Worked on since: Message.",
        },
    ];
    await mountLines();
    expect("[data-card]").toHaveCount(2);
    await contains("[data-card=kept]").click();
    expect(LINE).toHaveCount(1);
    expect(LINE).toHaveText(/Worked on since/);
});
