# Writes OUTPUT, a source with the files PARTS as text, each named after its file (page.css is
# page_css): what tools/pages/parts.hpp declares. Run as a script:
# cmake -DFOLDER=... -DPARTS=a.js,b.css -DOUTPUT=... -P PageParts.cmake
set(source "#include \"tools/pages/parts.hpp\"\n\nnamespace plumbline::tools::parts {\n\n")
string(REPLACE "," ";" parts "${PARTS}")
foreach(part IN LISTS parts)
  file(READ ${FOLDER}/${part} text)
  # Inside a script element these end it, or change how it is read; the last ends the literal.
  foreach(breaking IN ITEMS "</script" "<!--" ")page_part\"")
    string(FIND "${text}" "${breaking}" place)
    if(NOT place EQUAL -1)
      message(FATAL_ERROR "${part}: has ${breaking}, which can't stand inside a page")
    endif()
  endforeach()
  get_filename_component(name ${part} NAME)
  string(REPLACE "." "_" name ${name})
  string(TOLOWER ${name} name)
  string(APPEND source "const std::string_view ${name} = R\"page_part(${text})page_part\";\n\n")
endforeach()
file(WRITE ${OUTPUT} "${source}}  // namespace plumbline::tools::parts\n")
