import { expect } from "@odoo/hoot";
import { defineModels, fields, models, mountView, onRpc } from "@web/../tests/web_test_helpers";
import { mailModels } from "@mail/../tests/mail_test_helpers";

/** Segments, which the bar above lists and kanbans of prospects asks for. */
export class ProspectSegment extends models.Model {
    _name = "prospect.segment";

    name = fields.Char();
    _records = [];

    get_bar() {
        return { segments: [], page_domain: [] };
    }

    get_counts() {
        return {};
    }
}

/** Models of a test, beside those of mail, which every page of ours loads. */
export function defineProspectModels(definitions) {
    defineModels({ ...mailModels, ProspectSegment, ...definitions });
}

/**
 * Open the form of record 1; what is saved is a step.
 *
 * @param {string} resModel
 * @param {string} content what is between the tags of the form
 */
export async function mountForm(resModel, content) {
    onRpc(resModel, "web_save", ({ args }) => {
        expect.step(args[1]);
    });
    await mountView({ type: "form", resModel, resId: 1, arch: `<form>${content}</form>` });
}
