import { _t } from "@web/core/l10n/translation";
import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";

let state;

/**
 * Where the server cannot make a PDF, say so: Odoo would show the bare page, as raw HTML.
 * Only for our own reports.
 */
export async function refusePrint(action, options, env) {
    if (action.report_type !== "qweb-pdf" || !action.report_name?.startsWith("prospect.")) {
        return false;
    }
    state ??= rpc("/report/check_wkhtmltopdf");
    if (["ok", "upgrade"].includes(await state)) {
        return false;
    }
    // it may have been installed when somebody tries again
    state = undefined;
    env.services.notification.add(
        _t(
            "This server cannot make PDF files: wkhtmltopdf is missing. Ask your administrator to install it."
        ),
        { type: "warning", sticky: true }
    );
    return true;
}

registry.category("ir.actions.report handlers").add("prospect_print", refusePrint);
