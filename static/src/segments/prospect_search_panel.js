import { SearchPanel } from "@web/search/search_panel/search_panel";
import { useProspectChanges } from "./prospect_changes";

/** Odoo's left panel, whose numbers follow what is done on the page. */
export class ProspectSearchPanel extends SearchPanel {
    /** @override */
    setup() {
        super.setup();
        useProspectChanges(() => this.countAgain());
    }

    async countAgain() {
        const { searchModel } = this.env;
        const isCounted = (section) => section.enableCounters;
        const categories = searchModel.categories.filter(isCounted);
        const filters = searchModel.filters.filter(isCounted);
        if (categories.length || filters.length) {
            await searchModel._fetchSections(categories, filters);
            this.updateActiveValues();
            this.render();
        }
    }
}
