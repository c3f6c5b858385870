import { Domain } from "@web/core/domain";

const NOT_CONVERTED = '[("status_id.kind", "!=", "converted")]';

/**
 * Segments as facets of Odoo's search: one stacks with whatever else is searched.
 *
 * A facet that is a segment is a search item with the number of it; the model keeps it
 * with the rest of the search when one goes to another page and back.
 */
export class SegmentSearch {
    /** @param {import("@web/search/search_model").SearchModel} searchModel */
    constructor(searchModel) {
        this.model = searchModel;
    }

    /** The facets that are segments: [{itemId, segmentId}]. */
    get facets() {
        return this.model.query
            .map(({ searchItemId }) => this.model.searchItems[searchItemId])
            .filter((item) => item?.prospectSegmentId)
            .map((item) => ({ itemId: item.id, segmentId: item.prospectSegmentId }));
    }

    get activeIds() {
        return this.facets.map(({ segmentId }) => segmentId);
    }

    /** The domain of a segment, as a text. */
    getDomain(segment) {
        const domains = [segment.domain];
        if (segment.exclude_converted) {
            domains.push(NOT_CONVERTED);
        }
        return Domain.and(domains).toString();
    }

    /**
     * Set the facet of a segment instead of those of the others, or take it away.
     *
     * @param {Object} segment
     * @param {boolean} [isMore=false] leave the others
     */
    toggle(segment, isMore = false) {
        const isActive = this.activeIds.includes(segment.id);
        if (isActive && (isMore || this.facets.length === 1)) {
            this.remove([segment.id]);
            return;
        }
        this.remove(isMore ? [] : this.activeIds, { isSilent: true });
        this.add(segment);
    }

    add(segment) {
        this.model.createNewFilters([
            {
                description: segment.name,
                domain: this.getDomain(segment),
                invisible: "True",
                prospectSegmentId: segment.id,
            },
        ]);
    }

    /**
     * @param {number[]} segmentIds
     * @param {Object} [options]
     * @param {boolean} [options.isSilent] do not search: something else follows
     */
    remove(segmentIds, { isSilent = false } = {}) {
        const { blockNotification } = this.model;
        const facets = this.facets.filter(({ segmentId }) => segmentIds.includes(segmentId));
        this.model.blockNotification = true;
        for (const { itemId } of facets) {
            this.model.toggleSearchItem(itemId);
            delete this.model.searchItems[itemId];
        }
        this.model.blockNotification = blockNotification;
        if (!isSilent && facets.length) {
            this.model._notify();
        }
    }

    /** Search again with a segment that was changed. */
    refresh(segment) {
        if (this.activeIds.includes(segment.id)) {
            this.remove([segment.id], { isSilent: true });
            this.add(segment);
        }
    }

    /**
     * What is searched at present, as the text of a domain; false for nothing.
     *
     * @param {Array} pageDomain of the Prospects page, which each segment has anyway
     */
    getCurrentDomain(pageDomain) {
        const { domain } = this.model.getIrFilterValues({ description: "" });
        const page = new Domain(this.model.globalDomain).toString();
        const domains = [domain];
        if (page !== new Domain(pageDomain).toString()) {
            domains.unshift(page);
        }
        const current = Domain.and(domains.filter((one) => one !== "[]")).toString();
        return current !== "[]" && current;
    }

    /** Search for a segment alone; what it is grouped by stays. */
    show(segment) {
        this.model.blockNotification = true;
        this.model.clearFilters();
        this.model.blockNotification = true;
        const sections = [...(this.model.sections?.keys() || [])];
        this.model.clearSections(sections);
        this.model.blockNotification = false;
        this.add(segment);
    }
}
