import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { RelationalModel } from "@web/model/relational_model/relational_model";
import { askConversion } from "../convert/ask_conversion";

/**
 * Groups of prospects by status: dragging a card to junk asks for the reason first, and
 * to converted what it is converted to. Nothing changes until that is said; Escape leaves
 * the card where it was.
 */
export class ProspectKanbanDynamicGroupList extends RelationalModel.DynamicGroupList {
    /** @override */
    async moveRecord(dataRecordId, dataGroupId, refId, targetGroupId) {
        const source = this.groups.find((group) => group.id === dataGroupId);
        const target = this.groups.find((group) => group.id === targetGroupId);
        const record = source?.list.records.find(({ id }) => id === dataRecordId);
        if (source && target && source !== target && target.groupByField.name === "status_id") {
            const { junk, converted } = await this.model.getAsking();
            if (junk.includes(target.value) && !junk.includes(source.value)) {
                return this.model.askJunkReason(record.resId, target.value);
            }
            if (converted.includes(target.value) && !converted.includes(source.value)) {
                return this.model.askConversion(record.resId);
            }
        }
        const result = await super.moveRecord(...arguments);
        if (record && source !== target) {
            this.model.onMoved(record, source, target);
        }
        return result;
    }
}

export class ProspectKanbanModel extends RelationalModel {
    static DynamicGroupList = ProspectKanbanDynamicGroupList;
    static services = [...RelationalModel.services, "action", "prospect_undo_toast"];

    /** @override */
    setup(params, { action, prospect_undo_toast: undoToast }) {
        super.setup(...arguments);
        this.actionService = action;
        this.undoToast = undoToast;
    }

    /**
     * A card was dragged to another column, and saved there: offer to take that back.
     *
     * @param {import("@web/model/relational_model/record").Record} record
     * @param {Object} source column
     * @param {Object} target column
     */
    onMoved(record, source, target) {
        this.bus.trigger("prospect-counts-changed");
        const { resId } = record;
        // what could not be saved is back where it was
        const isBack = source.list.records.some((other) => other.resId === resId);
        if (target.groupByField.name !== "status_id" || isBack || !source.value) {
            return;
        }
        this.undoToast.show({
            message: _t("%(prospect)s is now: %(status)s", {
                prospect: record.data.name || _t("The prospect"),
                status: target.displayName,
            }),
            undo: async () => {
                await this.orm.call("crm.lead", "prospect_take_back", [
                    [resId],
                    source.value,
                    target.value,
                ]);
                await this.load();
                this.bus.trigger("prospect-counts-changed");
            },
        });
    }

    // --- The order of the columns ---------------------------------------------------

    /** How the person has sorted columns: {id of the status: arrival, contact or stars}. */
    getSorts() {
        return user.settings?.prospect_sorts || {};
    }

    getSort(statusId) {
        return this.getSorts()[statusId] || "stars";
    }

    async setSort(statusId, sort) {
        const sorts = { ...this.getSorts(), [statusId]: sort };
        await user.setUserSettings("prospect_sorts", sorts);
        await this.load();
    }

    /** @override */
    async _webReadGroup(config, cache) {
        return super._webReadGroup(this.addSorts(config), cache);
    }

    /** @override */
    async _loadUngroupedList(config, cache) {
        return super._loadUngroupedList(this.addSorts(config), cache);
    }

    /** The server sorts each column: it is told how. */
    addSorts(config) {
        return { ...config, context: { ...config.context, prospect_sorts: this.getSorts() } };
    }

    /** The statuses that a dialog leads to, asked for once a view. */
    async getAsking() {
        this.asking ??= this.orm.call("prospect.status", "get_asking", []);
        return this.asking;
    }

    /**
     * Open the dialog that converts one prospect.
     *
     * @param {number} leadId
     */
    async askConversion(leadId) {
        await askConversion(this.actionService, leadId, () => this.reloadAfterDialog());
    }

    async reloadAfterDialog() {
        await this.load();
        this.bus.trigger("prospect-counts-changed");
    }

    /**
     * Open the dialog that marks one prospect as junk.
     *
     * @param {number} leadId
     * @param {number} statusId the junk status that it was dragged to
     */
    async askJunkReason(leadId, statusId) {
        await this.actionService.doAction("prospect.crm_lead_lost_action_junk", {
            additionalContext: {
                active_id: leadId,
                active_ids: [leadId],
                active_model: "crm.lead",
                default_junk_status_id: statusId,
                default_lead_ids: [leadId],
            },
            onClose: () => this.reloadAfterDialog(),
        });
    }
}
