import { Component, onWillStart, status, useState } from "@odoo/owl";
import {
    deserializeDate,
    deserializeDateTime,
    formatDate,
    formatDateTime,
} from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Figure } from "../analysis/figure";
import { getFigureAction } from "../analysis/open_figure";

// Milliseconds for which *Undo* is offered; the server takes back what is a minute old.
const UNDO_DELAY = 10000;

/** A moment of the server has a time, a day has none. */
const isDay = (date) => date.length === 10;

/** The first page of the app: what a salesperson does today, done in place. */
export class ProspectMyDay extends Component {
    static template = "prospect.MyDay";
    static components = { Layout, Figure };
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.notification = useService("notification");
        this.orm = useService("orm");
        this.state = useState({ sections: [], busy: [] });
        onWillStart(() => this.load());
    }

    async load() {
        const page = await this.orm.call("prospect.my.day", "get_page", []);
        this.state.sections = page.sections;
        this.state.busy = [];
    }

    /** How long ago, or on which day. */
    getWhen({ date }) {
        if (isDay(date)) {
            // by days: the first of a month would say of yesterday that it was last month
            return deserializeDate(date).toRelativeCalendar({ unit: "days" });
        }
        return deserializeDateTime(date).toRelative();
    }

    getDate({ date }) {
        return isDay(date)
            ? formatDate(deserializeDate(date))
            : formatDateTime(deserializeDateTime(date));
    }

    isBusy(row) {
        return this.state.busy.includes(row.id);
    }

    onOpen(section) {
        return this.action.doAction(getFigureAction(section.cell, section.title, section.model));
    }

    /** Prospects have a form of their own. */
    async openLead(row) {
        const action = await this.orm.call("crm.lead", "get_formview_action", [[row.lead.id]]);
        return this.action.doAction(action);
    }

    /** Write a mail in Odoo's composer; it is kept with the prospect. */
    write(row) {
        const { id } = row.lead;
        return this.action.doAction("crm.action_lead_mail_compose", {
            additionalContext: { active_id: id, active_ids: [id], active_model: "crm.lead" },
            onClose: () => this.load(),
        });
    }

    /** A task, once: also by a double click. */
    async change(row, method, message, undo) {
        if (this.isBusy(row)) {
            return;
        }
        this.state.busy.push(row.id);
        try {
            const answer = await this.orm.call("mail.activity", method, [[row.task_id]]);
            this.notify(message, answer && undo && (() => undo(answer)));
        } finally {
            await this.load();
        }
    }

    /** Say it, and offer to take it back for as long as it stands there. */
    notify(message, undo) {
        if (!undo) {
            return this.notification.add(message, { type: "success" });
        }
        const close = this.notification.add(message, {
            type: "success",
            autocloseDelay: UNDO_DELAY,
            buttons: [
                {
                    name: _t("Undo"),
                    onClick: () => {
                        // at once: a second click would ask again
                        close();
                        return undo();
                    },
                },
            ],
        });
        return close;
    }

    markDone(row) {
        return this.change(row, "action_done", _t("Done: %s", row.text), (message) =>
            this.undoDone(row, message)
        );
    }

    /** The task stands there again, unless somebody has changed it since. */
    async undoDone(row, message) {
        try {
            await this.orm.call("mail.activity", "action_prospect_undo_done", [
                [row.task_id],
                message,
            ]);
        } finally {
            if (status(this) !== "destroyed") {
                await this.load();
            }
        }
    }

    putOff(row) {
        return this.change(row, "action_reschedule_tomorrow", _t("Tomorrow: %s", row.text));
    }

    /** Open a task, to write down what came out of it. */
    async openTask(row) {
        const action = await this.orm.call("mail.activity", "action_prospect_open", [
            [row.task_id],
        ]);
        await this.action.doAction(action, { onClose: () => this.load() });
    }

    planTask(row) {
        return this.action.doAction(
            {
                type: "ir.actions.act_window",
                name: _t("Schedule Activity"),
                res_model: "mail.activity.schedule",
                views: [[false, "form"]],
                target: "new",
                context: {
                    active_ids: [row.lead.id],
                    active_id: row.lead.id,
                    active_model: "crm.lead",
                },
            },
            { onClose: () => this.load() }
        );
    }

    openProspects() {
        return this.action.doAction("prospect.crm_lead_action_prospect");
    }
}

registry.category("actions").add("prospect_my_day", ProspectMyDay);
