import { _t } from "@web/core/l10n/translation";
import { KanbanHeader } from "@web/views/kanban/kanban_header";

const getLabels = () => ({
    arrival: _t("Sort: latest first"),
    contact: _t("Sort: longest without contact first"),
    stars: _t("Sort: stars first"),
});

/** The menu of a column of statuses also says how it is sorted, for this person. */
export class ProspectKanbanHeader extends KanbanHeader {
    /** @override */
    get configMenuProps() {
        const props = super.configMenuProps;
        const { name } = this.group.groupByField;
        const { model } = this.props.list;
        if (name !== "status_id" || !this.group.value || !model.setSort) {
            return props;
        }
        const chosen = model.getSort(this.group.value);
        const items = Object.entries(getLabels()).map(([sort, label]) => [
            `prospect_sort_${sort}`,
            {
                label,
                method: () => model.setSort(this.group.value, sort),
                isVisible: true,
                class: `o_prospect_sort_${sort}${sort === chosen ? " selected" : ""}`,
                icon: sort === chosen ? "fa-check" : "fa-sort-amount-desc",
            },
        ]);
        return { ...props, configItems: [...props.configItems, ...items] };
    }
}
