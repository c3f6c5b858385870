import { useBus, useService } from "@web/core/utils/hooks";
import { SearchPanel } from "@web/search/search_panel/search_panel";

/** The left panel, whose numbers follow what is done with the cards. */
export class ProspectSearchPanel extends SearchPanel {
    /** @override */
    setup() {
        super.setup();
        this.orm = useService("orm");
        useBus(this.env.searchModel, "prospect-counts-changed", () => this.refreshCounts());
    }

    /**
     * Count again, and draw the panel alone. The search model's own way draws the whole
     * page, which would take away a card that is being dragged; and it first answers from
     * a cache.
     */
    async refreshCounts() {
        const model = this.env.searchModel;
        const filters = model.filters.filter((filter) => filter.enableCounters);
        const turn = (this.turn = (this.turn || 0) + 1);
        const query = JSON.stringify(model.domain);
        const results = await Promise.all(
            filters.map((filter) =>
                this.orm.silent.call(
                    model.resModel,
                    "search_panel_select_multi_range",
                    [filter.fieldName],
                    {
                        category_domain: model._getCategoryDomain(),
                        comodel_domain: [],
                        context: model.globalContext,
                        enable_counters: true,
                        filter_domain: model._getFilterDomain(filter.id),
                        expand: filter.expand,
                        group_by: false,
                        group_domain: model._getGroupDomain(filter),
                        limit: filter.limit,
                        search_domain: model.searchDomain,
                    }
                )
            )
        );
        // something newer has been asked for meanwhile
        if (turn !== this.turn || query !== JSON.stringify(model.domain)) {
            return;
        }
        filters.forEach((filter, index) => {
            model._createFilterTree(filter.id, results[index]);
        });
        this.render();
    }
}
