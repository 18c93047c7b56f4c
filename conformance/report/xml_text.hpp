// Text that may stand in XML and HTML.
#pragma once

#include <string>
#include <string_view>

namespace plumbline::conformance {

/// `text` with nothing in it that XML 1.0 can't hold: ill-formed bytes, controls and
/// non-characters are shown as `\xNN`. Not escaped: pugixml does that.
std::string xml_text(std::string_view text);

/// The same, escaped for HTML, in elements and in quoted attributes.
std::string html_text(std::string_view text);

}  // namespace plumbline::conformance
