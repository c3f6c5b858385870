import { Component, onWillDestroy, useEffect, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const DELAY = 300;
const FIELDS = [
    "contact_name",
    "first_name",
    "last_name",
    "partner_name",
    "email_from",
    "phone",
    "street",
    "street2",
    "zip",
    "city",
];

/**
 * Who may be the person that is being typed: a discreet line with links, nothing that stops
 * anybody. Only in new prospects.
 */
export class ExistingProspects extends Component {
    static template = "prospect.ExistingProspects";
    static props = { ...standardWidgetProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.state = useState({ known: [] });
        this.asked = 0;
        useEffect(
            () => {
                browser.clearTimeout(this.timer);
                this.timer = browser.setTimeout(() => this.ask(), DELAY);
            },
            () => [this.props.record.isNew, ...FIELDS.map((name) => this.props.record.data[name])]
        );
        onWillDestroy(() => {
            browser.clearTimeout(this.timer);
            this.asked = -1;
        });
    }

    async ask() {
        const { data, isNew } = this.props.record;
        const values = {};
        for (const name of FIELDS) {
            if (data[name]) {
                values[name] = data[name];
            }
        }
        const asked = ++this.asked;
        const known =
            isNew && Object.keys(values).length
                ? await this.orm.silent.call("crm.lead", "prospect_find_existing", [values])
                : [];
        // An answer that comes after the next question is of no use.
        if (asked === this.asked) {
            this.state.known = known;
        }
    }

    getReasons(known) {
        return known.reasons.join(", ");
    }

    getName(known) {
        return known.id ? known.name : _t("a colleague's prospect");
    }

    getHref(known) {
        // prospects have a form of their own, on their page
        const page = known.model === "crm.lead" ? "prospects" : known.model;
        return `/odoo/${page}/${known.id}`;
    }
}

registry.category("view_widgets").add("prospect_existing", { component: ExistingProspects });
