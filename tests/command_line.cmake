# The command line as scripts use it. By name: over the whole catalogue it takes too long yet.
add_test(NAME command_line
  COMMAND /usr/bin/python3 ${CMAKE_CURRENT_SOURCE_DIR}/command_line.py
          $<TARGET_FILE:plumbline> ${PROJECT_SOURCE_DIR})
set_tests_properties(command_line PROPERTIES TIMEOUT 3600 LABELS deep)
