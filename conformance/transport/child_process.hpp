// A child process with its three standard streams, POSIX side: bytes in, bytes
// out, and how it ended. Knows nothing of JSON or of the subject protocol.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plumbline::conformance {

/// A file descriptor that is closed with its owner.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor() { close(); }

  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }
  void close();

 private:
  int number_ = -1;
};

/// How a process ended.
struct Ending {
  enum class Kind { exited, killed_by_signal, unknown };
  Kind kind = Kind::unknown;
  /// The exit code, or the number of the signal.
  int number = 0;

  /// "exited with code 3", "was killed by signal 11 (SIGSEGV)".
  std::string text() const;
};

/// One run of a program in a process group of its own. Nothing here blocks:
/// `transfer` waits no longer than asked. The destructor kills what still runs.
class ChildProcess {
 public:
  using Clock = std::chrono::steady_clock;

  /// How much of the child's output is kept, in bytes.
  struct Room {
    std::size_t output;
    std::size_t errors_tail;
  };

  /// Starts COMMAND (program, looked up in PATH, and its arguments). Throws
  /// std::runtime_error with the command and the system's reason if it can't.
  ChildProcess(const std::vector<std::string>& command, Room room);
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess();

  /// Queues BYTES for the child's standard input; `transfer` writes them.
  void send(std::string bytes);
  /// Bytes queued and not yet in the pipe.
  std::size_t unsent() const { return input_.size() - written_; }
  /// The child can no longer be written to, though bytes are queued for it.
  bool input_is_broken() const { return input_is_broken_; }
  void close_input() { standard_input_.close(); }

  /// Waits until bytes can be moved, but no longer than DEADLINE nor than some
  /// 20 ms (so that the caller sees in time that the child ended), and moves them.
  void transfer(Clock::time_point deadline);

  /// Takes the first line, without its line feed, off the output if it is complete.
  std::optional<std::string> take_line();
  /// Output that was read and not taken.
  std::string_view output() const { return output_; }
  /// More output stands untaken than there is room for; no more is read.
  bool output_is_full() const { return output_.size() > room_.output; }
  /// The child's standard output was closed by all who had it.
  bool output_has_ended() const { return !standard_output_.is_open(); }
  /// The last bytes of the child's standard error.
  const std::string& errors_tail() const { return errors_tail_; }

  /// The child itself ended, even if its own children still hold its streams.
  bool has_ended() const;
  /// Reads what already stands in the output pipe, as far as there is room.
  void drain_output();
  /// Kills the whole process group, reads the rest of standard error, and reaps
  /// the child. Tells how the child ended, if it did so by itself before.
  Ending stop();

 private:
  void write_input();
  bool read_output();
  bool read_errors();

  Room room_;
  pid_t process_ = -1;
  Descriptor standard_input_, standard_output_, standard_error_;
  std::string input_;
  std::size_t written_ = 0;
  bool input_is_broken_ = false;
  std::string output_;
  std::size_t searched_ = 0;
  std::string errors_tail_;
};

}  // namespace plumbline::conformance
