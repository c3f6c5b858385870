import { rpcBus } from "@web/core/network/rpc";
import { useBus } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";

/** Methods that may change which prospects there are where. */
const CHANGES = /^(action_|button_|web_save|(copy|create|name_create|unlink|web_resequence|write)$)/;
/** One drag is several calls; their numbers are asked for once, in milliseconds. */
const PAUSE = 200;

/** Whether an answer of the server is that to a change of prospects. */
function isChange({ data, error }) {
    const { model = "", method = "" } = data.params || {};
    return (
        !error &&
        (model.startsWith("crm.lead") || model.startsWith("prospect.")) &&
        CHANGES.test(method)
    );
}

/**
 * Call back after prospects were changed from this page: by a drag, a quick create, a
 * button, a dialog.
 *
 * @param {() => void} callback
 */
export function useProspectChanges(callback) {
    const later = useDebounced(callback, PAUSE);
    useBus(rpcBus, "RPC:RESPONSE", ({ detail }) => {
        if (isChange(detail)) {
            later();
        }
    });
}
