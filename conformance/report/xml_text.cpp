#include "conformance/report/xml_text.hpp"

#include "conformance/transport/printable_text.hpp"

namespace plumbline::conformance {
namespace {

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t place = text.find(from); place != text.npos;
       place = text.find(from, place + to.size())) {
    text.replace(place, from.size(), to);
  }
}

}  // namespace

std::string xml_text(std::string_view text) {
  std::string result = printable_block(text);
  replace_all(result, "\xEF\xBF\xBE", R"(\xef\xbf\xbe)");  // U+FFFE
  replace_all(result, "\xEF\xBF\xBF", R"(\xef\xbf\xbf)");  // U+FFFF
  return result;
}

std::string html_text(std::string_view text) {
  std::string escaped = xml_text(text);
  replace_all(escaped, "&", "&amp;");
  replace_all(escaped, "<", "&lt;");
  replace_all(escaped, ">", "&gt;");
  replace_all(escaped, "\"", "&quot;");
  replace_all(escaped, "'", "&#39;");
  return escaped;
}

}  // namespace plumbline::conformance
