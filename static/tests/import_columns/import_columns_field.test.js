import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { contains, fields, models } from "@web/../tests/web_test_helpers";
import { defineProspectModels, mountForm } from "@prospect/../tests/prospect_test_helpers";

class ProspectImport extends models.Model {
    _name = "prospect.import";
    column_ids = fields.One2many({ relation: "prospect.import.column" });
    sheet = fields.Char();
    sheet_names = fields.Json();
    _records = [{ id: 1, column_ids: [1, 2], sheet: "One", sheet_names: ["One", "Two"] }];
}

class ProspectImportColumn extends models.Model {
    _name = "prospect.import.column";
    header = fields.Char({ readonly: true });
    samples = fields.Char({ readonly: true });
    target = fields.Selection({
        selection: [
            ["phone", "Phone"],
            ["email_from", "Email"],
        ],
    });
    why = fields.Selection({
        readonly: true,
        selection: [
            ["header", "By its name"],
            ["manual", "Chosen by you"],
        ],
    });
    _records = [
        { id: 1, header: "Mail", samples: "a@b.fr", target: "email_from", why: "header" },
        { id: 2, header: "Shoes", samples: "", target: false, why: false },
    ];
}

defineProspectModels({ ProspectImport, ProspectImportColumn });

const COLUMN = ".o_prospect_import_column:not(.o_head)";

test("columns left out stand out, and are given a field in place", async () => {
    await mountForm(
        "prospect.import",
        `<field name="column_ids" widget="prospect_import_columns" mode="list">
            <list>
                <field name="header"/>
                <field name="samples"/>
                <field name="target"/>
                <field name="why"/>
            </list>
        </field>`
    );
    expect(COLUMN).toHaveCount(2);
    expect(`${COLUMN}:first`).toHaveText(/By its name/);
    expect(`${COLUMN}:first select`).toHaveValue("email_from");
    expect(queryAllTexts(`${COLUMN}:first option`)).toEqual(["Left out", "Email", "Phone"]);
    expect(`${COLUMN}.o_left_out`).toHaveText(/Shoes/);
    await contains(`${COLUMN}.o_left_out select`).select("phone");
    expect(`${COLUMN}.o_left_out`).toHaveCount(0);
    expect(`${COLUMN}:last`).toHaveText(/Chosen by you/);
    await contains(".o_form_button_save").click();
    // the server notes by itself that a person chose it
    expect.verifySteps([{ column_ids: [[1, 2, { target: "phone" }]] }]);
});

test("a sheet is chosen among those of the workbook, and read at once", async () => {
    await mountForm(
        "prospect.import",
        `<field name="sheet_names" invisible="1"/>
        <field name="sheet" widget="prospect_choice" options="{'choices': 'sheet_names'}"/>`
    );
    await contains(
        ".o_field_widget[name=sheet] .o_select_menu_toggler, [name=sheet] input"
    ).click();
    await contains(".o_select_menu_item:contains(Two)").click();
    expect.verifySteps([{ sheet: "Two" }]);
});
