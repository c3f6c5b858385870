/**
 * Open the dialog that converts one prospect.
 *
 * @param {Object} action the service
 * @param {number} leadId
 * @param {() => void} onClose also after Escape
 */
export function askConversion(action, leadId, onClose) {
    return action.doAction("prospect.prospect_convert_action", {
        additionalContext: {
            active_id: leadId,
            active_ids: [leadId],
            active_model: "crm.lead",
            default_lead_ids: [leadId],
        },
        onClose,
    });
}
