import { Component } from "@odoo/owl";
import { ColorList } from "@web/core/colorlist/colorlist";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";

/** What can be done with one segment; the first part comes from the server. */
export class SegmentMenu extends Component {
    static template = "prospect.SegmentMenu";
    static components = { ColorList, Dropdown, DropdownItem };
    static props = { segment: Object, bar: Object };

    get colors() {
        return ColorList.COLORS.map((_name, number) => number);
    }
}
