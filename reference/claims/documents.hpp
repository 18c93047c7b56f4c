// The five documents under seeds/, and places in them.
#pragma once

#include <string>
#include <string_view>

namespace plumbline::claims {

inline constexpr std::string_view lecture_notes = "000_7a56dd6fff134bad.txt";
inline constexpr std::string_view introduction = "001_9bf07a786f994961.txt";
inline constexpr std::string_view textbook = "002_7a97eeef3fc1e011.txt";
inline constexpr std::string_view encyclopedia = "003_565aa883586102ea.txt";
inline constexpr std::string_view foundations = "004_787cb817b0f819fb.txt";

inline constexpr std::string_view all_documents[] = {lecture_notes, introduction, textbook,
                                                     encyclopedia, foundations};

/// Where a sentence stands, its line counted from 1.
struct Place {
  std::string_view document;
  int line;
};

/// A sentence of several that are decided alike: where it stands, its name, and what it says.
struct Sentence {
  std::string_view document;
  int line;
  std::string name, sentence;
};

/// The document's number and what the claim is about: "000-convex-bound".
inline std::string claim_id(std::string_view document, std::string_view about) {
  return std::string(document.substr(0, 3)) + "-" + std::string(about);
}

}  // namespace plumbline::claims
