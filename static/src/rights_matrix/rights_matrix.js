import { Component, onWillStart, useState } from "@odoo/owl";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { SelectCreateDialog } from "@web/views/view_dialogs/select_create_dialog";

const MODEL = "prospect.right";

/**
 * Who may do what with prospects: operations as rows, roles as columns, and in each cell
 * how far the right goes. A change is in force at once; it is written in the history below.
 */
export class RightsMatrix extends Component {
    static template = "prospect.RightsMatrix";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.orm = useService("orm");
        this.state = useState({ matrix: null, companyId: false, groupIds: [], saving: false });
        onWillStart(() => this.load());
    }

    async load() {
        this.state.matrix = await this.orm.call(MODEL, "get_matrix", [
            this.state.companyId,
            this.state.groupIds,
        ]);
    }

    /** What a scope is called in a cell; a relation to the prospect says it all. */
    getScopeLabel(role, scope) {
        if (!scope) {
            return _t("No");
        }
        if (role.role !== "group") {
            return _t("Yes");
        }
        return { own: _t("Own"), team: _t("Team"), all: _t("All") }[scope];
    }

    getChoiceLabel(role, cell, scope) {
        if (!scope && cell.inherited) {
            return `(${this.getChoiceLabel(role, cell, cell.inherited.scope)})`;
        }
        return scope && cell.scopes.length === 1 ? _t("Yes") : this.getScopeLabel(role, scope);
    }

    /** Where a right comes from that is wider than the cell's own. */
    getSourceLabel(role, cell) {
        const { scope, source } = cell.inherited;
        if (!cell.scope) {
            return _t("as %(source)s", { source });
        }
        return _t("%(scope)s, as %(source)s", {
            scope: this.getChoiceLabel(role, cell, scope),
            source,
        });
    }

    isWidened(cell) {
        const order = [false, "own", "team", "all"];
        return cell.inherited && order.indexOf(cell.inherited.scope) > order.indexOf(cell.scope);
    }

    getLabel(row, role) {
        return _t("%(operation)s: %(role)s", { operation: row.label, role: role.label });
    }

    getChange({ right, role, company, old, new: scope }) {
        const values = {
            right,
            role: company ? `${role} (${company})` : role,
            old: this.getLoggedScope(old),
            new: this.getLoggedScope(scope),
        };
        return _t("%(right)s, %(role)s: %(old)s → %(new)s", values);
    }

    getLoggedScope(scope) {
        return this.getScopeLabel({ role: "group" }, scope);
    }

    async onChange(row, role, cell, ev) {
        const { target } = ev;
        this.state.saving = true;
        try {
            await this.orm.call(MODEL, "set_cell", [
                row.operation,
                role.role,
                role.group_id,
                this.state.companyId,
                target.value || false,
            ]);
            await this.load();
        } catch (error) {
            // What is shown is what holds.
            target.value = cell.scope || "";
            throw error;
        } finally {
            this.state.saving = false;
        }
    }

    async onCompanyChange(ev) {
        this.state.companyId = Number(ev.target.value) || false;
        await this.load();
    }

    onAddGroup() {
        this.dialog.add(SelectCreateDialog, {
            title: _t("Add a group of users"),
            resModel: "res.groups",
            domain: [["id", "not in", this.state.matrix.roles.map((role) => role.group_id || 0)]],
            multiSelect: false,
            noCreate: true,
            onSelected: async ([groupId]) => {
                this.state.groupIds.push(groupId);
                await this.load();
            },
        });
    }

    onAsk() {
        return this.action.doAction("prospect.prospect_right_question_action");
    }

    onHistory() {
        return this.action.doAction("prospect.prospect_right_change_action");
    }

    onReset() {
        this.dialog.add(ConfirmationDialog, {
            title: _t("Reset to defaults?"),
            body: _t(
                "All rights go back to what they were after the installation, in all companies. The history keeps what they are now."
            ),
            confirmLabel: _t("Reset"),
            confirm: async () => {
                await this.orm.call(MODEL, "reset_defaults");
                this.state.groupIds = [];
                await this.load();
                this.notification.add(_t("The rights are the defaults."), {
                    type: "success",
                });
            },
            cancel: () => {},
        });
    }
}

registry.category("actions").add("prospect_rights", RightsMatrix);
