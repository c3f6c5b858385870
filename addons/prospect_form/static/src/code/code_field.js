import { Component } from "@odoo/owl";
import { CopyButton } from "@web/core/copy_button/copy_button";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Code to be copied, with all its lines. */
export class CodeField extends Component {
    static template = "prospect_form.CodeField";
    static components = { CopyButton };
    static props = { ...standardFieldProps };

    get code() {
        return this.props.record.data[this.props.name] || "";
    }

    get copyText() {
        return _t("Copy");
    }

    get successText() {
        return _t("Copied");
    }
}

registry.category("fields").add("prospect_form_code", {
    component: CodeField,
    displayName: _t("Code to copy"),
    supportedTypes: ["text", "char"],
});
