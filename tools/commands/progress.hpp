// The line of progress that a command shows on a terminal.
#pragma once

#include <unistd.h>

#include <iostream>
#include <string>

namespace plumbline::tools {

/// One line on standard error, written over and over; nothing where that is no terminal.
class ProgressLine {
 public:
  bool is_shown() const { return terminal_; }
  void show(const std::string& text) const {
    if (terminal_) std::cerr << "\r\033[K" << text << std::flush;
  }
  void clear() const {
    if (terminal_) std::cerr << "\r\033[K";
  }

 private:
  bool terminal_ = isatty(STDERR_FILENO) != 0;
};

}  // namespace plumbline::tools
