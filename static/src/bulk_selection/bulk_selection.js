import { orderByToString } from "@web/search/utils/order_by";

/**
 * Show actions that everything which matches the search is selected, and by which domain:
 * Odoo hands over 20,000 numbers at most, and a domain whatever is selected. And how
 * the page is sorted, where somebody has sorted it.
 *
 * @param {typeof import("@odoo/owl").Component} Controller of a list or a kanban
 */
export function withBulkSelection(Controller) {
    return class extends Controller {
        get bulkContext() {
            const { isDomainSelected, orderBy } = this.model.root;
            return {
                ...(isDomainSelected ? { prospect_domain: this.props.domain } : {}),
                ...(orderBy?.length ? { prospect_order: orderByToString(orderBy) } : {}),
            };
        }

        /** @override */
        get actionMenuProps() {
            const props = super.actionMenuProps;
            return { ...props, context: { ...props.context, ...this.bulkContext } };
        }

        /** @override */
        async beforeExecuteActionButton(clickParams) {
            Object.assign((clickParams.buttonContext ??= {}), this.bulkContext);
            return super.beforeExecuteActionButton(...arguments);
        }
    };
}
