Files of other programs are read as they come: header, separator and encoding are found and can be changed on the page,
lines above the header are left out, and who opted out there is not written to from here.
