#include "tools/pages/page.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <stdexcept>

#include "conformance/report/xml_text.hpp"
#include "tools/pages/parts.hpp"

namespace plumbline::tools {
namespace {

using conformance::html_text;

/// As a content security policy names a script: SHA-256 in base 64.
std::string policy_hash(std::string_view script) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  if (EVP_Digest(script.data(), script.size(), digest.data(), &length, EVP_sha256(), nullptr) !=
      1) {
    throw std::runtime_error("SHA-256 failed");
  }
  std::array<unsigned char, 128> text{};  // of up to 93 bytes: a digest has 64 at most
  const int count = EVP_EncodeBlock(text.data(), digest.data(), static_cast<int>(length));
  return "'sha256-" + std::string(text.begin(), text.begin() + count) + "'";
}

}  // namespace

std::string json_for_script(const nlohmann::ordered_json& data) {
  std::string text;
  for (const char character : data.dump()) {
    // Only inside JSON's strings, where it may be written so.
    if (character == '<') {
      text += "\\u003c";
    } else {
      text += character;
    }
  }
  return text;
}

std::string with_licence(std::string_view script, std::string_view licence) {
  return fmt::format("/*\n{}*/\n{}", licence, script);
}

std::string text_of(const nlohmann::ordered_json& object, const char* key) {
  return html_text(object.at(key).get<std::string>());
}

std::string filter_form(std::string_view what, std::span<const Choice> choices) {
  std::string form = fmt::format(
      "<form class=\"filter\" role=\"search\" hidden>\n<label>words <input type=\"search\" "
      "name=\"words\" autocomplete=\"off\"></label>\n");
  for (const auto& [name, values] : choices) {
    form += fmt::format("<label>{0} <select name=\"{0}\"><option value=\"\">all</option>", name);
    for (const std::string& value : values) {
      form += fmt::format("<option>{}</option>", html_text(value));
    }
    form += "</select></label>\n";
  }
  return form + fmt::format("<output data-what=\"{}\"></output>\n</form>\n", what);
}

std::string page_text(std::string_view title, std::string_view body,
                      const nlohmann::ordered_json& data, std::span<const std::string> scripts) {
  std::string policy = "default-src 'none'; style-src 'unsafe-inline'; script-src";
  for (const std::string& script : scripts) policy += " " + policy_hash(script);
  std::string page = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n"
      "<title>{}</title>\n<style>\n{}</style>\n</head>\n<body>\n{}",
      policy, html_text(title), parts::page_css, body);
  page += fmt::format("<script type=\"application/json\" id=\"data\">{}</script>\n",
                      json_for_script(data));
  for (const std::string& script : scripts) page += "<script>" + script + "</script>\n";
  return page + "</body>\n</html>\n";
}

}  // namespace plumbline::tools
