import { Component, onWillStart, onWillUnmount, status, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** How often it is asked how far a job is, in milliseconds. */
export const INTERVAL = 2000;

const UNDER_WAY = ["queued", "running"];

/**
 * How far a job is that has a state, refreshed by itself. Only this is, so that the page
 * stays where it is scrolled to; at the end the page is loaded once.
 */
// eslint-disable-next-line no-restricted-syntax -- each of its children shows it differently
export class Progress extends Component {
    static props = { ...standardWidgetProps };
    /** Which fields say it, the state among them. */
    static fields = ["state", "done_count"];

    setup() {
        this.orm = useService("orm");
        this.state = useState({ ...this.props.record.data });
        onWillStart(() => this.plan());
        onWillUnmount(() => browser.clearTimeout(this.timer));
    }

    /** How much there is; 0 while nobody knows. */
    get total() {
        return 0;
    }

    /** From 0 to 100; null while nobody knows how much there is. */
    get percent() {
        return this.total ? Math.min(100, (100 * this.state.done_count) / this.total) : null;
    }

    plan() {
        if (UNDER_WAY.includes(this.props.record.data.state)) {
            this.timer = browser.setTimeout(() => this.refresh(), INTERVAL);
        }
    }

    async refresh() {
        const { record } = this.props;
        let values;
        try {
            [values] = await this.orm.silent.read(
                record.resModel,
                [record.resId],
                this.constructor.fields
            );
        } catch (error) {
            // A server that restarts; it goes on meanwhile, or after.
            values = this.state;
            if (error.name !== "ConnectionLostError" && error.name !== "ConnectionAbortedError") {
                throw error;
            }
        }
        if (status(this) === "destroyed") {
            return;
        }
        Object.assign(this.state, values);
        if (UNDER_WAY.includes(values.state)) {
            this.plan();
        } else {
            await record.load();
        }
    }
}
