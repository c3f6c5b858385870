import { reactive } from "@odoo/owl";
import { registry } from "@web/core/registry";

/**
 * The tabs of the current user, kept between pages so that they are there at once.
 *
 * ``state.segments`` is null before the first answer; ``state.counts`` is {id: {count,
 * counted_at, error}}.
 */
export const segmentService = {
    dependencies: ["orm"],
    start(env, { orm }) {
        const state = reactive({ segments: null, counts: {}, pageDomain: [] });

        async function loadCounts() {
            const ids = state.segments.filter((one) => !one.is_hidden).map((one) => one.id);
            if (ids.length) {
                const counts = await orm.silent.call("prospect.segment", "get_counts", [ids]);
                Object.assign(state.counts, counts);
            }
        }

        async function load() {
            const bar = await orm.silent.call("prospect.segment", "get_bar", []);
            state.segments = bar.segments;
            state.pageDomain = bar.page_domain;
        }

        return { state, load, loadCounts };
    },
};

registry.category("services").add("prospect_segments", segmentService);
