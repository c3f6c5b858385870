import { RelationalModel } from "@web/model/relational_model/relational_model";

/**
 * Groups of prospects by status: dragging a card to junk asks for the reason first,
 * and changes nothing until it is given. Escape leaves the card where it was.
 */
export class ProspectKanbanDynamicGroupList extends RelationalModel.DynamicGroupList {
    /** @override */
    async moveRecord(dataRecordId, dataGroupId, refId, targetGroupId) {
        const source = this.groups.find((group) => group.id === dataGroupId);
        const target = this.groups.find((group) => group.id === targetGroupId);
        if (source && target && source !== target && target.groupByField.name === "status_id") {
            const junkIds = await this.model.getJunkStatusIds();
            if (junkIds.includes(target.value) && !junkIds.includes(source.value)) {
                const record = source.list.records.find(({ id }) => id === dataRecordId);
                return this.model.askJunkReason(record.resId, target.value);
            }
        }
        return super.moveRecord(...arguments);
    }
}

export class ProspectKanbanModel extends RelationalModel {
    static DynamicGroupList = ProspectKanbanDynamicGroupList;
    static services = [...RelationalModel.services, "action"];

    /** @override */
    setup(params, { action }) {
        super.setup(...arguments);
        this.actionService = action;
    }

    /** The statuses of kind junk, asked for once a view. */
    async getJunkStatusIds() {
        this.junkStatusIds ??= this.orm.search("prospect.status", [["kind", "=", "junk"]]);
        return this.junkStatusIds;
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
            onClose: () => this.load(),
        });
    }
}
