import { Component, onWillStart, onWillUnmount, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { pick } from "@web/core/utils/objects";
import { useDebounced } from "@web/core/utils/timing";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

// What changes how the page looks.
const SHOWN = [
    "name",
    "intro",
    "button_label",
    "thanks",
    "colour_primary",
    "colour_background",
    "colour_text",
    "font",
    "width",
    "double_opt_in",
];
const QUIET = 400;

/** Markup is sent as a text. */
function toPlain(value) {
    return value instanceof String ? value.toString() : value;
}

/**
 * The form as visitors see it, beside its builder, with what is not saved yet; as wide as a
 * phone or a desk, in each of its languages. It is a page of its own in a frame that
 * reaches nothing: what is typed there is sent nowhere.
 */
export class FormPreview extends Component {
    static template = "prospect_form.Preview";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.frame = useRef("frame");
        this.wanted = false;
        this.state = useState({
            html: "",
            lang: false,
            languages: [],
            isPhone: false,
            message: "",
            height: 480,
        });
        this.loadSoon = useDebounced(() => this.load(), QUIET);
        useRecordObserver((record) => {
            // what is read here is what changes are heard of
            const shown = [record.resId, record.dirty, SHOWN.map((name) => record.data[name])];
            const questions = record.data.field_ids?.records || [];
            shown.push(questions.map(({ data }) => [data.label, data.required, data.sequence]));
            return shown && void this.loadSoon();
        });
        this.onMessage = this.onMessage.bind(this);
        onWillStart(() => window.addEventListener("message", this.onMessage));
        onWillUnmount(() => window.removeEventListener("message", this.onMessage));
    }

    get record() {
        return this.props.record;
    }

    async load() {
        const { resId } = this.record;
        if (!resId) {
            this.state.html = "";
            this.state.message = _t("The form is shown here as soon as it is saved.");
            return;
        }
        try {
            // what was asked for last is shown, whatever comes back last
            const page = await this.keepLast.add(this.ask(resId, this.wanted));
            Object.assign(this.state, { ...page, message: "" });
        } catch {
            // half-typed values: the last page that could be shown stays
            this.state.message = _t("Shown as it was before: something is not complete yet.");
        }
    }

    ask(resId, lang) {
        const changes = this.record.dirty ? this.changes : {};
        return this.orm.silent.call("prospect.form", "get_preview", [[resId], changes, lang]);
    }

    /** What shows, as it is on the screen now, saved or not; what is being typed is not asked for. */
    get changes() {
        const { data } = this.record;
        const values = Object.fromEntries(
            SHOWN.filter((name) => name in data).map((name) => [name, toPlain(data[name])])
        );
        const { currentIds, records } = data.field_ids;
        const saved = records.filter(({ resId }) => resId);
        values.field_ids = [
            [6, 0, currentIds.filter(Number.isInteger)],
            ...saved.map((one) => [1, one.resId, pick(one.data, "sequence", "required")]),
        ];
        return values;
    }

    /** The page in the frame says how high it is. */
    onMessage(ev) {
        if (ev.source && ev.source === this.frame.el?.contentWindow) {
            const height = Number(ev.data?.height);
            if (height > 0) {
                this.state.height = Math.min(Math.max(height, 200), 4000);
            }
        }
    }

    onWidth(isPhone) {
        this.state.isPhone = isPhone;
    }

    onLanguage(lang) {
        this.wanted = lang;
        return this.load();
    }
}

registry.category("view_widgets").add("prospect_form_preview", {
    component: FormPreview,
    fieldDependencies: [],
});
