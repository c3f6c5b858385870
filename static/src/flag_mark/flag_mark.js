import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component } from "@odoo/owl";

/**
 * A red exclamation mark on a prospect that is doubtful, with the reasons on hover.
 * The value is a list of {code, text}.
 */
export class FlagMark extends Component {
    static template = "prospect.FlagMark";
    static props = { ...standardFieldProps };

    get reasons() {
        return this.props.record.data[this.props.name] || [];
    }

    get text() {
        return this.reasons.map((reason) => reason.text).join(" ");
    }

    get info() {
        return JSON.stringify({ reasons: this.reasons });
    }
}

/** The reasons on the prospect's own page, each with a button that clears it. */
export class FlagReasons extends FlagMark {
    static template = "prospect.FlagReasons";

    setup() {
        this.orm = useService("orm");
    }

    /** A prospect that is not stored yet has nothing that could be cleared. */
    get canClear() {
        return Boolean(this.props.record.resId);
    }

    /**
     * The person says that a reason is none.
     *
     * @param {string} code of the reason
     */
    async clear(code) {
        const { record } = this.props;
        if (await record.save()) {
            await this.orm.call(record.resModel, "action_prospect_dismiss_flag", [
                [record.resId],
                code,
            ]);
            await record.load();
        }
    }
}

registry.category("fields").add("prospect_flag_mark", {
    component: FlagMark,
    displayName: _t("Flag Mark"),
    supportedTypes: ["json"],
    listViewWidth: 24,
    label: false,
});

registry.category("fields").add("prospect_flag_reasons", {
    component: FlagReasons,
    displayName: _t("Flag Reasons"),
    supportedTypes: ["json"],
});
