<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>BrushTool</name>
    <message>
        <source>Paint over the damage. Alt takes away, Shift+click draws straight, [ ] change the size.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Canvas</name>
    <message>
        <source>Photo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The photo to repair. The arrow keys move it, plus and minus zoom; paint over what is damaged.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Commands</name>
    <message>
        <source>&amp;Open…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open photos</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open &amp;folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open all photos of a folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open session…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a session file with mask, repairs and history</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the sample photo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try a damaged photo that comes with the program</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Save</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the repaired photo; asks before it replaces the original</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save &amp;as…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose name, format, quality and what goes with the photo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save a&amp;ll</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save all photos that have unsaved repairs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save session…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save photo, mask, repairs and history in one file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Close photo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close this photo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close the window</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take back the last step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make the step again that was taken back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Copy photo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy the repaired photo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Paste as new photo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the picture on the clipboard</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Preferences…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look, language, device and more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Brush</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paint over damage</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Eraser</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take away from what is marked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Scratch line</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Click from end to end of a scratch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Lasso</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Draw around damage</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Polygon</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Click around damage, corner by corner</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Rectangle</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mark a rectangle</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Magic &amp;wand</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Click to mark connected similar colours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Hand</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move the photo; so does holding Space</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Smaller brush</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make the brush or line smaller</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Larger brush</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make the brush or line larger</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Softer brush</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make the brush softer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Harder brush</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make the brush harder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show &amp;mask</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show or hide what is marked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mark &amp;all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mark the whole photo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Clear mask</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mark nothing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Invert mask</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mark what is not marked, and the other way round</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Grow mask</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a rim of 2 pixels to what is marked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>S&amp;hrink mask</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take a rim of 2 pixels from what is marked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Feather mask</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Soften the edges of what is marked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>I&amp;mport mask…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mark what a mask file marks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>E&amp;xport mask…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the mask as a PNG</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Repair</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Repair what is marked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give up what is under way</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Repair a&amp;new with another seed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make the selected repair anew</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Repair on re&amp;lease</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Repair as soon as the brush is let go</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Fit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the whole photo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Actual size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One photo pixel for each screen pixel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>200 %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zoom to 200 %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zoom &amp;in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zoom &amp;out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>O&amp;riginal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hold \ to see the photo as it was opened</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Split view</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Before and after with a line to drag</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Si&amp;de by side</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Before and after beside each other</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Changed pixels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show exactly which pixels were changed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Next photo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the next open photo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Previous photo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the previous open photo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>F&amp;ull screen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use the whole screen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Keyboard shortcuts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All commands and their keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the &amp;log folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where the program writes down what went wrong</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;About CNN Studio</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Version, networks and licences</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Mask</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Window</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Photos</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Marking</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Repairing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Program</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Straight line from the last point</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shift+click</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take away while painting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Alt</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shapes replace what is marked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ctrl</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a candidate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See the original</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>hold \</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move the photo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Space+drag, middle button, arrow keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zoom around the cursor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>wheel</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Comparing</name>
    <message>
        <source>{share} of the pixels are changed; all others are exactly the photo&apos;s own.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a candidate: press 1 to {count} or click one; Esc keeps none.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>EraserTool</name>
    <message>
        <source>Take away from what is marked. Shift+click draws straight.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message>
        <source>Save as</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>photo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>JPEG – small, opens everywhere</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PNG – exact</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>TIFF – exact, for archives and print</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>WebP – small, for the web</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>BMP – exact, large</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>OpenRaster – photo, repairs and mask as layers for GIMP and Krita</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quality</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>100 is best and largest; below 80 it begins to show</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>16 bits (as the photo)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>8 bits (as the photo)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>8 bits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>16 bits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep everything</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leave out where it was taken</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leave out all camera data, captions and notes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What would be lost</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>C&amp;hoose…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Name:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name of the file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Folder:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where the file goes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>F&amp;ormat:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What kind of file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Quality:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Depth:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bits for each colour of a pixel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Metadata:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What goes with the photo: camera data, place, captions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Same as the original</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Exact</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What would be lost:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is lost.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give the file a name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A file’s name cannot hold any of / \ : * ? &quot; &lt; &gt; |</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no such folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is a folder of that name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” exists already and would be replaced.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is the file that you opened: the original would be replaced.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Replace</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Save</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Filing</name>
    <message>
        <source>Photos ({patterns})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sessions ({patterns})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open photos</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a folder of photos</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a session</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sample photo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no picture on the clipboard.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the session</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Masks ({patterns})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Import a mask</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export the mask</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” has repairs that are not saved.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} photos have repairs that are not saved.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Closing without saving loses them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Save…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Close without saving</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Keep open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Replace the original “{name}”?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The photo as it was cannot be had back from the file afterwards.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Replace</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save &amp;as…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pasted photo</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Filmstrip</name>
    <message>
        <source>Open photos</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>GeneratePanel</name>
    <message>
        <source>Model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The network that makes pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Seed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The number of the first picture; each of the others has one more. The same number makes the same picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Random seed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Other pictures, from a random seed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How many pictures to make</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Variety</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How far pictures may be from the average one (truncation): less makes them plainer and alike</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>S&amp;eed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Var&amp;iety</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Generate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make these pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Progress of the pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make no more of these pictures (Esc)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pictures made</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose one to see it large; A and B mark the ends of a way between two</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The picture, large</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save this picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save all…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save all pictures into a folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use as patch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put this picture into what is marked in the photo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The way between two pictures begins here (A)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It ends here (B)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mark as A</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mark as B</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Between two pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Way from A to B</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How far from A to B</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Steps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How many pictures the saved way from A to B has</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save as GIF…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As a moving picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save as PNGs…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As numbered PNG files in a folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>S&amp;teps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no model here that makes pictures. “cnnstudio train gan” trains one on your own.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pictures from nothing but a number: press Generate, and choose one to see it large.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Seed {n}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A: seed {a}, B: seed {b}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A: seed {a}. Now choose another picture and mark it as B.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>B: seed {b}. Now choose another picture and mark it as A.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From seed {a} to {b}: {share} %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Picture {seed}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pictures (*.png *.jpg *.tif)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save all pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save as GIF</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Moving pictures (*.gif)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save as PNGs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saved “{name}”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saved {n} pictures in “{folder}”.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>HandTool</name>
    <message>
        <source>Drag to move the photo.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>HistoryPanel</name>
    <message>
        <source>History</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Click a step to go back or forward to it</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LassoTool</name>
    <message>
        <source>Draw around the damage. Alt takes away, Ctrl replaces.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LineTool</name>
    <message>
        <source>Click where the scratch starts, then where it ends. Shift: steps of 45°, Alt: take away.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Something went wrong inside CNN Studio. Your photos are not changed, and your work is kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open &amp;recent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Main bar</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tools</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Repair</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Generate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Repairs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>History</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Navigator</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open photos</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mark where the picture is to go first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing yet</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>MaskActions</name>
    <message>
        <source>Nothing is marked yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The mask has been saved as “{name}”.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ModelFacts</name>
    <message>
        <source>Scratches</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dust</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Creases</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stains</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Missing corners</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Holes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stamps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Writing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All together</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PSNR over the damage, dB (higher is better)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PSNR of the whole picture, dB (higher is better)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Visible difference from the truth (lower is better)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} MB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measured on photographs it had not seen, against smooth filling without a network:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Damage</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Gain</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Closer to the eye</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On photographs it had not seen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Untrained</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Trained</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Trained on {n} photographs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} others were kept out to measure it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Version {version}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checksum of the weights (SHA-256): {sum}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Navigator</name>
    <message>
        <source>Overview</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Click or drag to move to another part of the photo</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Notices</name>
    <message>
        <source>Notices</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} more</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PhotoView</name>
    <message>
        <source>Before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>After</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PolygonTool</name>
    <message>
        <source>Click corner by corner; Enter or a double click closes, Backspace takes the last corner back.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RecoveryDialog</name>
    <message>
        <source>Unsaved work</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CNN Studio did not end as it should the last time. This work is safe and can be opened again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Open all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open all of it where it was left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open &amp;selected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open only what is selected in the list</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Discard…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Throw away what is selected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Later</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask again at the next start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Throw away</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It cannot be had back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Keep</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leave it in the list</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pasted photo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} steps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Throw this work away? It cannot be had back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Throw away the work on {n} photos? It cannot be had back.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RectangleTool</name>
    <message>
        <source>Drag from corner to corner. Shift: a square. Alt takes away, Ctrl replaces.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RepairControl</name>
    <message>
        <source>Open a photo first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no model that repairs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paint over the damage first.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RepairDesk</name>
    <message>
        <source>What is marked is being repaired already.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is marked yet. Paint over the damage first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Repair {number}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RepairPanel</name>
    <message>
        <source>&amp;Grain</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edge &amp;softness</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>C&amp;andidates</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The network that repairs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More about this model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About this model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Grain</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How much of the film grain around the damage is given to the repair: without it a repair looks too smooth</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edge softness</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How softly the repair blends into the photo, inside the marked area</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Candidates</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How many repairs to make, to choose the best of</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Repair on release</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Repair as soon as the brush is let go (Ctrl+Shift+R)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Repair</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Repair what is marked (Enter)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Progress of the repair</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give up the repair (Esc)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} more waiting.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You can go on marking; Enter repairs that next.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{size} · licence {licence}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RepairsPanel</name>
    <message>
        <source>Repairs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Opacity of the repair</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How much of the selected repair shows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Opacity</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Repairs appear here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Repair anew</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make the selected repair anew (Ctrl+R)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move down</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hide or show</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hide or show the selected repair (Space)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename the selected repair (F2)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show on the photo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>With another seed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>With “{model}”</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Sentences</name>
    <message>
        <source>“{}” is damaged or incomplete and cannot be opened.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{}” does not exist.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{}” is a folder, not a photo.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You are not permitted to open “{}”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{}” could not be read from the disk.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is not enough memory to open “{}”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{}” is empty.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{}” is not a photo that can be opened here (JPEG, PNG, TIFF, WebP, BMP, HEIC).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{}” does not end in a format that can be saved: .jpg, .png, .tif, .webp or .bmp.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The photo is too large for {}, which ends at {} pixels a side; choose TIFF or PNG.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>HEIC photos can be opened but not saved; choose JPEG, PNG, TIFF or WebP.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{} already exists and was left as it is.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is not enough space on the disk to save {}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You are not permitted to save {} in “{}”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The folder “{}” does not exist.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The folder “{}” cannot be made: {}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{} is a folder, so no photo can be saved under that name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The name {} is longer than the disk allows.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{} could not be saved.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{} holds 8 bits per channel: the photo&apos;s 16 bits are rounded.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>8 bits per channel are saved: the photo&apos;s 16 bits are rounded.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{} knows no transparency: transparent parts become white.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{} stores every pixel approximately, not exactly.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{} cannot hold the PNG&apos;s text notes ({}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{} cannot hold the extended XMP data.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{} cannot hold the camera data (EXIF).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{} cannot hold the colour profile.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{} cannot hold the XMP data.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{} cannot hold the captions (IPTC).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{} cannot hold the comment.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{} cannot hold the resolution.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The camera data (EXIF) is too large for JPEG.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The XMP data is too large for JPEG.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file has a palette and was opened in full colour.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file has {} bits per channel and was opened with {}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file has {} bit per channel and was opened with {}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file is in printing inks (CMYK) and was opened in the colours of a screen (sRGB).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file holds {} pictures; the main one was opened.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file holds further pictures beside the photo; only the photo was opened.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file has channels beside colour and transparency; they were left out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file has {} pages; the first was opened.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file holds floating-point values and was opened with 16 bits per channel.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file is an animation; its first picture was opened.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The mask is {} pixels, but the photo is {}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The mask “{}” has {} × {} pixels, but the photo has {} × {}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The mask “{}” has {} × {} pixels, but the photo has {} × {}: it was made before the photo was turned upright, so turn the mask in the same way.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The mask is empty: there is nothing to repair.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The mask covers the whole photo: nothing is left to repair it from.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The mask “{}” marks nothing to repair: paint what is damaged in white on black.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is not a mask.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is marked yet. Paint over the place where the picture is to go.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The weights of the model “{}” are missing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The weights of the model “{}” are damaged.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The weights of the model “{}” cannot be read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The weights of the model “{}” do not fit its card.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The card of the model “{}” has unknown options.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model “{}” needs a newer version of this program.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model “{}” does not repair photos.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model “{}” does not make pictures.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no model “{}”. There are: {}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model card {} cannot be read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This model does not repair photos.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This kind of photo cannot be repaired.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This computer has no device “{}”. It has: {}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is not enough memory for this repair. Closing other programs may help.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is not enough memory to load the model “{}”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is not enough memory to make this picture.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is not enough memory for this.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory was short: repaired in smaller tiles.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The graphics card had too little memory: repaired on the CPU.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The network failed in some places: they were filled smoothly instead.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Truncation must be above 0 and at most 1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Preparing…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Repairing details</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Repairing large shapes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Making pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The photo “{}” of this session has been moved, deleted or changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The photo of this session has been moved, deleted or changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{}” is no session.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The session “{}” is damaged from its start.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The session “{}” was made by a newer version of CNN Studio.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The session could not be saved: {}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The session “{}” is damaged and cannot be opened.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{}” is no session file, or is damaged.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This session is already open.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A part of this session is damaged on the disk.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something went wrong inside CNN Studio. Your photo was not changed.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>StatusLine</name>
    <message>
        <source>Preparing…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What repairs are computed on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size, depth and colours of the photo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pixel under the cursor: column, row</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Progress</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give up what is under way (Esc)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zoom: type a percentage</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the zoom</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the fastest</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{bits}-bit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Grey</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Grey + alpha</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>RGB + alpha</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Steps</name>
    <message>
        <source>Brush</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Eraser</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Selection</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rectangle</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lasso</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Polygon</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Line</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Erased line</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Magic wand</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Grow</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shrink</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Feather</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Invert</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clear</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Repair anew</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show repair</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hide repair</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Opacity</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename repair</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete repair</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move repair</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Repair {number}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TimeLeft</name>
    <message>
        <source>about {n} s left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>about {n} min left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Repairing</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ToolOptions</name>
    <message>
        <source>Size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Diameter of the brush ([ and ])</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hardness</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How sharp the brush&apos;s edge is (Shift+[ and Shift+])</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pen pressure</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A pen that is pressed less paints thinner</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Width</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Width of the line ([ and ])</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tolerance</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How different a colour may be and still be marked</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>WandTool</name>
    <message>
        <source>Click to mark connected pixels of a similar colour. Alt takes away, Ctrl replaces.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Welcome</name>
    <message>
        <source>Drop a photo here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>or many, or a whole folder: JPEG, PNG, TIFF, WebP, BMP, HEIC</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open photos…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try the sample photo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paste</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose photos to open (Ctrl+O)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a damaged photo that comes with the program</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the picture on the clipboard (Ctrl+V)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paint over the damage</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Press Enter to repair</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save; the original is kept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Opened before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open {name}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Workspace</name>
    <message>
        <source>The work on this photo is not being written down, so it has no session.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pasted photo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There are no photos in “{folder}”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your work on “{name}” cannot be kept safe from a crash just now. Save it soon.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The session has been saved as “{name}”.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>_Bar</name>
    <message>
        <source>Details</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What exactly happened, to be copied for whoever helps you</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close this notice (Esc)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>_Layers</name>
    <message>
        <source>{name}
Click to show it, double-click or F2 to rename it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>hidden</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>placed by hand</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>_Photos</name>
    <message>
        <source>Being opened…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Has repairs that are not saved</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>_SizeSlider</name>
    <message>
        <source> px</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>_Steps</name>
    <message>
        <source>Opened</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{step}, the present state</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{step}, undone</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
