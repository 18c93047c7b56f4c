// The five documents under seeds/.
#pragma once

#include <string_view>

namespace plumbline::claims {

inline constexpr std::string_view lecture_notes = "000_7a56dd6fff134bad.txt";
inline constexpr std::string_view introduction = "001_9bf07a786f994961.txt";
inline constexpr std::string_view textbook = "002_7a97eeef3fc1e011.txt";
inline constexpr std::string_view encyclopedia = "003_565aa883586102ea.txt";
inline constexpr std::string_view foundations = "004_787cb817b0f819fb.txt";

inline constexpr std::string_view all_documents[] = {lecture_notes, introduction, textbook,
                                                     encyclopedia, foundations};

}  // namespace plumbline::claims
