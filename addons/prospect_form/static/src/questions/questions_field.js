import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useOpenX2ManyRecord, useX2ManyCrud } from "@web/views/fields/relational_utils";
import { X2ManyField, x2ManyField } from "@web/views/fields/x2many/x2many_field";

/**
 * The questions of a form: put in order by drag, edited in a dialog, and saved with it, so
 * that the conditions of the next question know this one.
 */
export class QuestionsField extends X2ManyField {
    setup() {
        super.setup();
        const crud = useX2ManyCrud(() => this.list, false);
        const openRecord = useOpenX2ManyRecord({
            resModel: this.list.resModel,
            activeField: this.activeField,
            activeActions: this.activeActions,
            getList: () => this.list,
            saveRecord: (record) => this.keep(() => crud.saveRecord(record)),
            updateRecord: (record) => this.keep(() => crud.updateRecord(record)),
            isMany2Many: false,
        });
        this._openRecord = async (params) => {
            const { record, name } = this.props;
            if (!params.readonly && !(await record.save())) {
                return;
            }
            if (params.record) {
                const { resId } = params.record;
                params.record = record.data[name].records.find((one) => one.resId === resId);
            }
            if (params.context) {
                // a form that was new has a number now
                params.context = { ...params.context, default_form_id: record.resId };
            }
            return openRecord({
                ...params,
                title: params.record ? _t("Question") : _t("New question"),
            });
        };
        this.canOpenRecord = true;
    }

    /** Save the whole form after a question; one that is refused stays in its dialog. */
    async keep(work) {
        await work();
        try {
            await this.props.record.save();
        } catch (error) {
            await this.props.record.load();
            throw error;
        }
    }
}

export const questionsField = {
    ...x2ManyField,
    component: QuestionsField,
    additionalClasses: [...(x2ManyField.additionalClasses || []), "o_field_one2many"],
};

registry.category("fields").add("prospect_form_questions", questionsField);
